"""Writes a rig's folder, starts its servers, tells when all of them answer, and ends them.

Life cycle: `run` returns after SIGTERM or SIGINT, or when a server died, with the folder removed. Ready
means: FOLDER/rig.json lies there. Errors: SystemExit with the ends of the logs.
"""
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

from servers import dns, dovecot, postfix, rspamd
from servers.folder import LAB, Folder

START_SECONDS_MAX = 90  # Rspamd takes a second, and half a minute on a busy machine
STOP_SECONDS_MAX = 40


def write(folder, plan):
    for part in ("logs", "tls", "dovecot"):
        folder.make(part)
    folder.make("mail", owner="mail", mode=0o700)
    subprocess.run(
        [str(LAB / "make_certificates"), str(folder / "tls")], check=True, capture_output=True
    )
    if plan.scores_mail():
        dns.write(folder, plan)
        rspamd.write(folder, plan)
    if plan.uses_tokens():
        write_token_accounts(folder, plan)
    for provider in plan.providers():
        dovecot.write(folder, plan, provider)
    postfix.write(folder, plan)


def write_token_accounts(folder, plan):
    accounts = [
        # Microsoft's refresh tokens rotate, Google's stay.
        {"email": a.email, "refresh_token": a.refresh_token, "rotates": a.provider == "outlook"}
        for a in plan.accounts
        if a.refresh_token
    ]
    folder.write("token_accounts.json", json.dumps(accounts), mode=0o600)


def commands(folder, plan):
    """What to start, by name, in the order of starting."""
    python = [sys.executable]
    out = {}
    if plan.scores_mail():
        out["dns"] = dns.command(folder)
        out["rspamd"] = rspamd.command(folder)
    if plan.uses_tokens():
        script = str(LAB / "servers/token_server.py")
        accounts = str(folder / "token_accounts.json")
        out["token"] = python + [script, str(folder.port("token")), accounts]
    for provider in plan.providers():
        out["dovecot-" + provider.name] = dovecot.command(folder, provider)
        if provider.replaces_message_id:
            ports = [str(folder.port(f"{provider.name}.{part}")) for part in ("filter", "reinjection")]
            host = plan.accounts_of(provider)[0].domain
            out["filter-" + provider.name] = (
                python + [str(LAB / "servers/message_id_filter.py")] + ports + [host]
            )
    out["postfix"] = postfix.command(folder)
    return out


def greets(port, start):
    """Whether a server says `start` at once; an empty `start`: whether it listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return not start or connection.recv(256).startswith(start)
    except OSError:
        return False


def answers_dns(port):
    """Whether the root's SOA is answered with authority."""
    query = struct.pack(">6H", 0x5157, 0, 1, 0, 0, 0) + b"\0" + struct.pack(">2H", 6, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(0.2)
        try:
            asker.sendto(query, ("127.0.0.1", port))
            answer = asker.recv(512)
        except OSError:
            return False
    return answer[:2] == b"\x51\x57" and answer[2] & 0x84 == 0x84 and answer[7] == 1


def readiness(folder, plan):
    """What must hold, in the order in which it comes true: Postfix asks Dovecot and Rspamd before it greets."""
    checks = []
    if plan.scores_mail():
        checks.append(lambda: answers_dns(folder.port("dns")))
    for provider in plan.providers():
        checks.append(lambda name=provider.name: greets(folder.port(name + ".imap"), b"* OK"))
    if plan.uses_tokens():
        checks.append(lambda: greets(folder.port("token"), b""))
    if plan.scores_mail():
        checks.append(lambda: greets(folder.port("milter"), b""))
    for provider in plan.providers():
        checks.append(lambda name=provider.name: greets(folder.port(name + ".submission"), b"220 "))
        if provider.replaces_message_id:
            checks.append(lambda name=provider.name: greets(folder.port(name + ".filter"), b"220 "))
    return checks


class Rig:
    def __init__(self, root, plan):
        self.folder = Folder(root)
        self.plan = plan
        self.children = {}
        self.ending = threading.Event()

    def start(self):
        write(self.folder, self.plan)
        for name, command in commands(self.folder, self.plan).items():
            with open(self.folder / f"logs/{name}.out", "wb") as out:
                self.children[name] = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=self.folder.root,
                    process_group=0,  # what masters signal; the session stays ours
                    env={**os.environ, "MAIL_CONFIG": str(self.folder / "postfix/config")},
                )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS_MAX
        for check in readiness(self.folder, self.plan):
            while not check() and not self.ending.is_set():
                self.fail_for_the_dead()
                if time.monotonic() > deadline:
                    raise SystemExit("a server does not answer\n" + self.log_tail())
                self.ending.wait(0.02)

    def tell(self):
        """Whole at once: the reader waits for the file's name."""
        facts = {
            "pid": os.getpid(),
            "ports": self.folder.ports,
            "providers": [provider.name for provider in self.plan.providers()],
            "accounts": [account.email for account in self.plan.accounts],
        }
        self.folder.write("rig.json.new", json.dumps(facts, indent=1) + "\n")
        os.rename(self.folder / "rig.json.new", self.folder / "rig.json")

    def fail_for_the_dead(self):
        for name, child in self.children.items():
            if child.poll() is not None:
                raise SystemExit(f"{name} ended with {child.returncode}\n" + self.log_tail())

    def watch(self):
        while not self.ending.wait(1):
            self.fail_for_the_dead()

    def stop(self):
        """All at once: Postfix and Dovecot take a second each to end."""
        deadline = time.monotonic() + STOP_SECONDS_MAX
        for child in self.children.values():
            child.terminate()
        for name, child in self.children.items():
            self.await_end(name, child, deadline)

    @staticmethod
    def await_end(name, child, deadline):
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            print(f"rig: {name} had to be killed", file=sys.stderr)
            child.kill()
            child.wait()

    def log_tail(self):
        out = ""
        for path in sorted((self.folder / "logs").glob("*")):
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
            out += "".join(f"{path.name}: {line}\n" for line in lines)
        return out


def run(root, plan):
    rig = Rig(root, plan)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: rig.ending.set())
    try:
        rig.start()
        rig.tell()
        rig.watch()
    finally:
        rig.stop()
        shutil.rmtree(root, ignore_errors=True)
