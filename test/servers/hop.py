"""A service that asks the next one with the same path before it answers, a thread a connection: hop.py PORT NEXT, 0 = none."""

import http.client
import random
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT, NEXT = int(sys.argv[1]), int(sys.argv[2])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if NEXT:
            connection = http.client.HTTPConnection("127.0.0.1", NEXT)
            connection.request("GET", self.path, headers=self.passed_on())
            connection.getresponse().read()
            connection.close()
        else:
            time.sleep(random.random() * 0.005)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def passed_on(self):
        return {}

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


if __name__ == "__main__":
    Server(("127.0.0.1", PORT), Handler).serve_forever()
