#!/usr/bin/env python3
"""A second opinion on the lab's mail servers: Python's own SMTP and IMAP clients.

mail_probe.py send URL CA_FILE LOGIN PASSWORD TO < message    sends it from LOGIN to TO
mail_probe.py folders URL CA_FILE LOGIN PASSWORD              prints one LIST line per folder
mail_probe.py plain URL                                       prints what EHLO offers before TLS

URLs as the program takes them. Exit 0 done; 1 refused, with the server's words on standard output.
"""
import imaplib
import smtplib
import ssl
import sys
from urllib.parse import urlsplit


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


def send(address, context, login, password, to):
    with smtp(address, context) as client:
        client.login(login, password)
        client.sendmail(login, [to], sys.stdin.buffer.read())


def folders(address, context, login, password):
    client = imap(address, context)
    client.login(login, password)
    for line in client.list()[1]:
        print(line.decode())
    client.logout()


def plain(address):
    with smtplib.SMTP(address.hostname, address.port, timeout=20) as client:
        print(client.ehlo()[1].decode())


def main(command, url, ca_file=None, *rest):
    address = urlsplit(url)
    try:
        if command == "plain":
            plain(address)
        else:
            context = ssl.create_default_context(cafile=ca_file)
            {"send": send, "folders": folders}[command](address, context, *rest)
    except (smtplib.SMTPException, imaplib.IMAP4.error, ssl.SSLError) as refusal:
        print(refusal)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
