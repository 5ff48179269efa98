#!/usr/bin/env python3
"""A relay that lies far away: delay_relay.py MILLISECONDS PORT:TARGET …

Everything sent to the loopback port PORT arrives at TARGET so many milliseconds later, and the other
way too; a connection takes one such round trip to come about. Order is kept, nothing is limited.
"""
import asyncio
import sys


async def carry(reader, writer, delay):
    """Each piece leaves `delay` after it came, however many are on the way."""
    loop = asyncio.get_running_loop()
    last = None
    while data := await reader.read(65536):
        last = loop.call_later(delay, writer.write, data)
    rest = max(0.0, last.when() - loop.time()) if last else 0.0
    await asyncio.sleep(max(rest, delay))
    writer.close()


async def relay(near, near_out, target, delay):
    await asyncio.sleep(2 * delay)
    far, far_out = await asyncio.open_connection("127.0.0.1", target)
    await asyncio.gather(
        carry(near, far_out, delay), carry(far, near_out, delay), return_exceptions=True
    )


async def main(milliseconds, *pairs):
    delay = int(milliseconds) / 1000
    servers = []
    for pair in pairs:
        port, target = map(int, pair.split(":"))
        serve = lambda near, out, target=target: relay(near, out, target, delay)  # noqa: E731
        servers.append(await asyncio.start_server(serve, "127.0.0.1", port, backlog=1000))
    print("ready", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
