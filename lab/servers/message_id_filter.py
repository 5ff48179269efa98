#!/usr/bin/env python3
"""A filter that Postfix asks before it accepts (smtpd_proxy_filter): message_id_filter.py PORT NEXT HOST

It hands each SMTP line on to the port NEXT, and in the message puts a Message-ID of its own in the
place of the client's, as Exchange Online does. The answer to the final dot tells it in Exchange's words:
250 2.0.0 OK <id@HOST> [Hostname=mx.HOST]. Postfix limits lines and sizes before; a dead side ends both.
"""
import asyncio
import re
import secrets
import sys

LINE_BYTES_MAX = 65536
FIELD = re.compile(rb"(?im)^message-id:[^\n]*\n(?:[ \t][^\n]*\n)*")


def with_new_id(message, message_id):
    """The message with `message_id` for its own; the body, and a header in it, stay as they are."""
    field = b"Message-ID: " + message_id + b"\r\n"
    end = message.find(b"\r\n\r\n")
    head, rest = (message, b"") if end < 0 else (message[: end + 2], message[end + 2 :])
    kept, found = FIELD.subn(field, head, count=1)
    return (kept if found else field + head) + rest


async def read_reply(reader):
    """All lines of one SMTP reply; empty where the server has gone."""
    out = b""
    while True:
        line = await reader.readline()
        out += line
        if not line or line[3:4] != b"-":
            return out


async def read_message(reader):
    """Up to and with the final dot, still dot-stuffed."""
    out = bytearray()
    while True:
        line = await reader.readline()
        if not line:
            raise ConnectionError("the client went away within a message")
        out += line
        if line == b".\r\n":
            return bytes(out)


class Session:
    def __init__(self, client, client_out, server, server_out, host):
        self.client, self.client_out = client, client_out
        self.server, self.server_out = server, server_out
        self.host = host

    async def serve(self):
        self.client_out.write(await read_reply(self.server))
        while line := await self.client.readline():
            self.server_out.write(line)
            reply = await read_reply(self.server)
            self.client_out.write(reply)
            if not reply:
                return
            if line.strip().upper() == b"DATA" and reply.startswith(b"354"):
                await self.pass_message()
            await self.client_out.drain()

    async def pass_message(self):
        message_id = f"<{secrets.token_hex(16).upper()}@{self.host}>".encode()
        await self.client_out.drain()
        self.server_out.write(with_new_id(await read_message(self.client), message_id))
        await self.server_out.drain()
        reply = await read_reply(self.server)
        if reply.startswith(b"250"):
            reply = b"250 2.0.0 OK %s [Hostname=mx.%s]\r\n" % (message_id, self.host.encode())
        self.client_out.write(reply)


async def main(port, next_port, host):
    async def serve(client, client_out):
        server, server_out = await asyncio.open_connection(
            "127.0.0.1", int(next_port), limit=LINE_BYTES_MAX
        )
        try:
            await Session(client, client_out, server, server_out, host).serve()
        finally:
            client_out.close()
            server_out.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", int(port), limit=LINE_BYTES_MAX)
    await listener.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
