"""asyncio_client.py PORT COUNT [http] [uvloop]: asks the server on PORT over four connections in turn, when a line comes."""

import asyncio
import ssl
import sys

from plan import exchanges


async def main(port, count):
    context = None if "http" in sys.argv else ssl._create_unverified_context()
    pool = [await asyncio.open_connection("127.0.0.1", port, ssl=context) for _ in range(4)]
    for i, (method, path, body) in enumerate(exchanges(count)):
        reader, writer = pool[i % len(pool)]
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n".encode())
        writer.write(f"Content-Length: {body}\r\n\r\n".encode() + b"x" * body if body else b"\r\n")
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = [line for line in head.split("\r\n") if line.startswith("content-length:")]
        await reader.readexactly(int(length[0].split(":")[1]))


print("waiting", flush=True)
sys.stdin.readline()
if "uvloop" in sys.argv:
    import uvloop

    uvloop.install()
asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
print("done", flush=True)
sys.stdin.readline()
