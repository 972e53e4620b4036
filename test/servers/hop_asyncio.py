"""As hop.py, on the event loop of asyncio."""

import asyncio
import random
import sys

PORT, NEXT = int(sys.argv[1]), int(sys.argv[2])
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


async def ask(path):
    reader, writer = await asyncio.open_connection("127.0.0.1", NEXT)
    writer.write(b"GET %s HTTP/1.1\r\nHost: next\r\nConnection: close\r\n\r\n" % path)
    await reader.read()
    writer.close()


async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            if NEXT:
                await ask(head.split(b" ", 2)[1])
            else:
                await asyncio.sleep(random.random() * 0.005)
            writer.write(ANSWER)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", PORT, backlog=128)
    await server.serve_forever()


asyncio.run(main())
