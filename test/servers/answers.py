# python3 answers.py PORT: answers like the sample server of the tutorial (status=), by the standard library.
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self):
        self.rfile.read(int(self.headers.get('content-length', 0)))
        self.send_response(int(parse_qs(urlparse(self.path).query).get('status', ['200'])[0]))
        self.send_header('content-length', '3')
        self.end_headers()
        self.wfile.write(b'ok\n')

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler)
print('listening', flush=True)
server.serve_forever()
