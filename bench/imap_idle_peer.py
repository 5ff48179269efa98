#!/usr/bin/env python3
"""The same as imap_idle.cpp in Python: imap_idle_peer.py LIBRARY PORT CA_FILE CONNECTIONS SECONDS

LIBRARY: imaplib (Python's own) or imapclient (IMAPClient, which stands on it). Accounts ("login
password" lines) on standard input; prints PSS as one line of JSON.
"""
import imaplib
import json
import ssl
import sys
import time


def by_imaplib(port, context, login, password):
    client = imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=context)
    client.login(login, password)
    client.select("INBOX", readonly=True)
    client.send(b"idle1 IDLE\r\n")
    if not client.readline().startswith(b"+"):
        raise SystemExit("the server does not IDLE")
    return client


def by_imapclient(port, context, login, password):
    import imapclient

    client = imapclient.IMAPClient("127.0.0.1", port=port, ssl_context=context)
    client.login(login, password)
    client.select_folder("INBOX", readonly=True)
    client.idle()
    return client


def pss_kb():
    with open("/proc/self/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))


def main(library, port, ca_file, connections, seconds):
    log_in = {"imaplib": by_imaplib, "imapclient": by_imapclient}[library]
    accounts = [line.split() for line in sys.stdin][: int(connections)]
    context = ssl.create_default_context(cafile=ca_file)
    clients = [log_in(int(port), context, *account) for account in accounts]
    del accounts
    time.sleep(float(seconds))
    print(json.dumps({"connections": len(clients), "pss_kb": pss_kb()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
