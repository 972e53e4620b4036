"""asyncio_server.py PORT [CERTIFICATE KEY] [uvloop]: answers /s/STATUS/BYTES on one event loop."""

import asyncio
import ssl
import sys


async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ")[1].split("?")[0]
            length = [line for line in head.lower().split("\r\n") if line.startswith("content-length:")]
            if length:
                await reader.readexactly(int(length[0].split(":")[1]))
            _, _, status, size = path.split("/")
            writer.write(f"HTTP/1.1 {status} x\r\nContent-Length: {size}\r\n\r\n".encode() + b"x" * int(size))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main(port, *own):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if own else None
    if own:
        context.load_cert_chain(*own)
    server = await asyncio.start_server(serve, "127.0.0.1", int(port), ssl=context)
    await server.serve_forever()


arguments = [one for one in sys.argv[1:] if one != "uvloop"]
if "uvloop" in sys.argv:
    import uvloop

    uvloop.install()
asyncio.run(main(*arguments))
