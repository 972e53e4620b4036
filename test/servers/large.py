"""Serves bodies of any size: large.py PORT, GET /MEGABYTES or /BYTESb. They consist of the same few bytes over and over."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATTERN = b"beyla "
MEGABYTE = 1 << 20


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = self.path[1:]
        size = int(asked[:-1]) if asked.endswith("b") else int(asked) * MEGABYTE
        self.send_response(200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        block = PATTERN * (3 * MEGABYTE // len(PATTERN))
        for start in range(0, size, len(block)):
            self.wfile.write(block[: size - start])

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
