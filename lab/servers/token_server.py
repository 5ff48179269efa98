#!/usr/bin/env python3
"""A small OAuth 2 authorization server for the rig: token_server.py PORT ACCOUNTS.json

POST /token       refresh_token, authorization_code with PKCE (RFC 7636), device_code (RFC 8628)
POST /introspect  whose an access token is (RFC 7662); Dovecot asks this
GET  /authorize   consents at once, as the account in login_hint
POST /devicecode  polls are told to wait until the code is entered by /control
POST /control     a test's hand: action=approve enters `user_code` as `account`; action=expire drops
                  the account's access tokens, action=revoke its refresh tokens too (later
                  refreshes: invalid_grant); action=lifetime gives its later access tokens so many
                  `seconds`; action=issued lists all tokens that it was ever given

ACCOUNTS.json: [{"email": …, "refresh_token": …, "rotates": bool}]. A rotated refresh token is dead at
once. Everything is in memory, on the loopback, and ends with the process.
"""
import base64
import hashlib
import json
import secrets
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

LIFETIME_SECONDS = 3599
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class Refused(Exception):
    """An OAuth error code (RFC 6749, 5.2)."""


class Tokens:
    def __init__(self, accounts):
        self.lock = threading.Lock()
        self.refresh = {a["refresh_token"]: a["email"] for a in accounts}
        self.rotates = {a["email"] for a in accounts if a.get("rotates")}
        self.access = {}  # token: (email, when it ends)
        self.lifetimes = {}  # by account, where it is not LIFETIME_SECONDS
        self.issued = {}  # all tokens by account
        self.codes = {}  # code: (email, code_challenge)
        self.devices = {}  # device code: user code
        self.approved = {}  # user code: email

    def issue(self, form, email, refresh_token=None):
        lifetime = self.lifetimes.get(email, LIFETIME_SECONDS)
        answer = {
            "access_token": "at-" + secrets.token_urlsafe(24),
            "token_type": "Bearer",
            "expires_in": lifetime,
        }
        if "scope" in form:
            answer["scope"] = form["scope"]
        self.access[answer["access_token"]] = (email, time.monotonic() + lifetime)
        self.issued.setdefault(email, []).extend(filter(None, (answer["access_token"], refresh_token)))
        if refresh_token:
            answer["refresh_token"] = refresh_token
            self.refresh[refresh_token] = email
        return answer

    def by_refresh_token(self, form):
        email = self.refresh.get(form.get("refresh_token", ""))
        if email is None:
            raise Refused("invalid_grant")
        if email not in self.rotates:
            return self.issue(form, email)
        del self.refresh[form["refresh_token"]]
        return self.issue(form, email, "rt-" + secrets.token_urlsafe(24))

    def by_code(self, form):
        email, challenge = self.codes.pop(form.get("code", ""), (None, None))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if email is None or base64.urlsafe_b64encode(digest).decode().rstrip("=") != challenge:
            raise Refused("invalid_grant")
        return self.issue(form, email, "rt-" + secrets.token_urlsafe(24))

    def by_device_code(self, form):
        user_code = self.devices.get(form.get("device_code", ""))
        if user_code is None:
            raise Refused("expired_token")
        if user_code not in self.approved:
            raise Refused("authorization_pending")
        del self.devices[form["device_code"]]
        email = self.approved.pop(user_code)
        return self.issue(form, email, "rt-" + secrets.token_urlsafe(24))

    def token(self, form):
        grants = {
            "refresh_token": self.by_refresh_token,
            "authorization_code": self.by_code,
            DEVICE_GRANT: self.by_device_code,
        }
        if form.get("grant_type") not in grants:
            raise Refused("unsupported_grant_type")
        return grants[form["grant_type"]](form)

    def introspect(self, form):
        email, end = self.access.get(form.get("token", ""), (None, 0))
        if email is None or time.monotonic() >= end:
            return {"active": False}
        return {"active": True, "username": email}

    def device(self, _):
        code = secrets.token_urlsafe(16)
        self.devices[code] = "RIG-" + secrets.token_hex(3).upper()
        return {
            "device_code": code, "user_code": self.devices[code], "interval": 1,
            "expires_in": 900, "verification_uri": "http://localhost/device",
        }  # fmt: skip

    def authorize(self, query):
        """The address to send the browser back to."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = (query.get("login_hint", ""), query.get("code_challenge"))
        back = urlencode({"code": code, "state": query.get("state", "")})
        address = urlsplit(query["redirect_uri"])
        return address._replace(path=address.path or "/", query=back).geturl()

    def control(self, form):
        account = form["account"]
        if form["action"] == "approve":
            self.approved[form["user_code"]] = account
            return {}
        if form["action"] == "lifetime":
            self.lifetimes[account] = int(form["seconds"])
            return {}
        if form["action"] == "issued":
            return {"tokens": self.issued.get(account, [])}
        self.access = {token: of for token, of in self.access.items() if of[0] != account}
        if form["action"] == "revoke":
            self.refresh = {t: email for t, email in self.refresh.items() if email != account}
        return {}


def single_values(text):
    return {name: values[0] for name, values in parse_qs(text).items()}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, document=None, headers=()):
        body = json.dumps(document or {}).encode()
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), *headers):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        address = urlsplit(self.path)
        if address.path != "/authorize":
            return self.answer(200 if address.path == "/" else 404)
        with self.server.tokens.lock:
            back = self.server.tokens.authorize(single_values(address.query))
        return self.answer(302, headers=(("Location", back),))

    def do_POST(self):
        tokens = self.server.tokens
        doors = {
            "/token": tokens.token, "/introspect": tokens.introspect,
            "/devicecode": tokens.device, "/control": tokens.control,
        }  # fmt: skip
        form = single_values(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        door = doors.get(urlsplit(self.path).path)
        if door is None:
            return self.answer(404)
        try:
            with tokens.lock:
                document = door(form)
        except Refused as refusal:
            return self.answer(400, {"error": str(refusal)})
        return self.answer(200, document)

    def log_message(self, form, *values):
        """Paths and statuses only: there is no token in a path here."""
        sys.stderr.write(form % values + "\n")


def main(port, accounts_file):
    with open(accounts_file, encoding="utf-8") as file:
        tokens = Tokens(json.load(file))
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
    server.daemon_threads = True
    server.tokens = tokens
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
