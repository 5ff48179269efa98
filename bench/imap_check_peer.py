#!/usr/bin/env python3
"""The same as imap_check.cpp with IMAPClient: imap_check_peer.py PORT CA_FILE MAILS THREADS

Each thread takes the next mailbox: log in, list, look into the inbox and the folders marked Junk, All,
Archive and Trash (headers first, then what bears the token header in full, parsed), mark it as read,
log out. Accounts ("login password" lines) on standard input; prints one line of JSON.
"""
import concurrent.futures
import datetime
import email
import email.policy
import json
import resource
import ssl
import sys
import time

import imapclient

TOKEN_HEADER = "X-Qwertyui"
WATCHED = {rb"\Junk", rb"\All", rb"\Archive", rb"\Trash"}
FIELDS = f"BODY.PEEK[HEADER.FIELDS ({TOKEN_HEADER} MESSAGE-ID FROM)]"


def ours_of(client):
    """UIDs of the selected folder's messages that bear the token header."""
    since = datetime.date.today() - datetime.timedelta(days=30)
    uids = client.search(["SINCE", since])
    if not uids:
        return []
    ours = []
    for uid, data in client.fetch(uids, [FIELDS]).items():
        header = next(value for key, value in data.items() if key.startswith(b"BODY[HEADER"))
        fields = email.message_from_bytes(header, policy=email.policy.default)
        if fields[TOKEN_HEADER] and fields["Message-ID"] and fields["From"].addresses:
            ours.append(uid)
    return ours


def look_into(client, folder):
    client.select_folder(folder, readonly=True)
    ours = ours_of(client)
    if not ours:
        return 0
    for data in client.fetch(ours, ["BODY.PEEK[]"]).values():
        message = email.message_from_bytes(data[b"BODY[]"], policy=email.policy.default)
        if not message.get_body(("plain",)).get_content():
            raise SystemExit("a message has no text")
    client.select_folder(folder)
    client.add_flags(ours, [imapclient.SEEN], silent=True)
    return len(ours)


def check(port, context, login, password):
    client = imapclient.IMAPClient("127.0.0.1", port=port, ssl_context=context)
    client.login(login, password)
    watched = [name for flags, _, name in client.list_folders() if WATCHED & set(flags)]
    found = sum(look_into(client, folder) for folder in ["INBOX", *watched])
    client.logout()
    return found


def main(port, ca_file, mails, threads):
    accounts = [line.split() for line in sys.stdin]
    context = ssl.create_default_context(cafile=ca_file)
    used = resource.getrusage(resource.RUSAGE_SELF)
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(int(threads)) as pool:
        found = list(pool.map(lambda account: check(int(port), context, *account), accounts))
    seconds = time.monotonic() - start
    now = resource.getrusage(resource.RUSAGE_SELF)
    if any(one != int(mails) for one in found):
        raise SystemExit(f"found {found}")
    cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
    out = {"mailboxes": len(found), "mails": sum(found), "seconds": seconds, "cpu_seconds": cpu}
    print(json.dumps(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
