#!/usr/bin/env python3
"""A second opinion on the lab's mail servers: Python's own SMTP and IMAP clients.

mail_probe.py send URL CA_FILE LOGIN PASSWORD TO < message    sends it from LOGIN to TO, prints the 250
mail_probe.py folders URL CA_FILE LOGIN PASSWORD              prints one LIST line per folder
mail_probe.py sessions URL CA_FILE LOGIN PASSWORD N           holds N sessions; prints what refused one
mail_probe.py plain URL                                       prints what EHLO offers before TLS
mail_probe.py token URL REFRESH_TOKEN                         prints an access token
mail_probe.py post URL NAME=VALUE…                            prints the answer to that form

URLs as the program takes them. PASSWORD "bearer:TOKEN" logs in by XOAUTH2. Exit 0 done; 1 refused, with the server's words on standard output.
"""
import imaplib
import json
import smtplib
import ssl
import sys
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen


def smtp(address, context):
    if address.scheme == "smtps":
        return smtplib.SMTP_SSL(address.hostname, address.port, context=context, timeout=20)
    client = smtplib.SMTP(address.hostname, address.port, timeout=20)
    client.starttls(context=context)
    return client


def imap(address, context):
    if address.scheme == "imaps":
        return imaplib.IMAP4_SSL(address.hostname, address.port, ssl_context=context, timeout=20)
    client = imaplib.IMAP4(address.hostname, address.port, timeout=20)
    client.starttls(ssl_context=context)
    return client


def bearer(login, password):
    """The initial response of XOAUTH2."""
    token = password.removeprefix("bearer:")
    return f"user={login}\x01auth=Bearer {token}\x01\x01"


def send(address, context, login, password, to):
    with smtp(address, context) as client:
        if password.startswith("bearer:"):
            client.ehlo()
            client.auth("XOAUTH2", lambda challenge=None: "" if challenge else bearer(login, password))
        else:
            client.login(login, password)
        client.mail(login)
        code, words = client.rcpt(to)
        if code == 250:
            code, words = client.data(sys.stdin.buffer.read())
        if code != 250:
            raise smtplib.SMTPException(code, words)
        print(code, words.decode())


def open_imap(address, context, login, password):
    client = imap(address, context)
    if password.startswith("bearer:"):
        # A challenge tells why the token is refused; the answer to it is empty.
        asked = []

        def respond(challenge):
            asked.append(challenge)
            return bearer(login, password).encode() if len(asked) == 1 else b""

        client.authenticate("XOAUTH2", respond)
    else:
        client.login(login, password)
    return client


def folders(address, context, login, password):
    client = open_imap(address, context, login, password)
    for line in client.list()[1]:
        print(line.decode())
    client.logout()


def sessions(address, context, login, password, count):
    kept = []
    for number in range(int(count)):
        try:
            kept.append(open_imap(address, context, login, password))
        except imaplib.IMAP4.error as refusal:
            print(f"{number} held, then {refusal}")
            break
    for client in kept:
        client.logout()


def post(url, form):
    try:
        with urlopen(url, urlencode(form).encode(), timeout=20) as answer:
            return answer.read().decode()
    except HTTPError as refusal:
        print(refusal.read().decode())
        sys.exit(1)


def token(url, refresh_token):
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    print(json.loads(post(url, form))["access_token"])


def plain(address):
    with smtplib.SMTP(address.hostname, address.port, timeout=20) as client:
        print(client.ehlo()[1].decode())


def main(command, url, ca_file=None, *rest):
    address = urlsplit(url)
    try:
        if command == "plain":
            plain(address)
        elif command == "token":
            token(url, ca_file)
        elif command == "post":
            print(post(url, dict(pair.split("=", 1) for pair in (ca_file, *rest))))
        else:
            context = ssl.create_default_context(cafile=ca_file)
            commands = {"send": send, "folders": folders, "sessions": sessions}
            commands[command](address, context, *rest)
    except (smtplib.SMTPException, imaplib.IMAP4.error, ssl.SSLError) as refusal:
        print(refusal)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
