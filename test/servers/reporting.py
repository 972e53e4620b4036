"""reporting.py PORT RECEIVER: answers every request; before it answers /v1/SIGNAL it exports that signal to RECEIVER."""

import http.client
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.startswith("/v1/"):
            receiver = http.client.HTTPConnection("127.0.0.1", int(sys.argv[2]))
            receiver.request("POST", self.path, b"")
            receiver.getresponse().read()
            receiver.close()
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
