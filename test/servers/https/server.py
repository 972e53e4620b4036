"""server.py PORT [CERTIFICATE KEY]: answers /s/STATUS/BYTES, a thread a connection."""

import http.server
import ssl
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are sent apart

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        _, _, status, size = self.path.split("?")[0].split("/")
        self.send_response(int(status))
        self.send_header("Content-Length", size)
        self.end_headers()
        self.wfile.write(b"x" * int(size))

    do_POST = do_GET

    def log_message(self, *_):
        pass


port, *own = sys.argv[1:]
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Handler)
if own:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*own)
    # The handshake belongs to the thread of the connection, not to the one that accepts.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
