"""apart_client.py PORT COUNT: asks like client.py, with the socket on threads of its own that hand on what is encrypted."""

import queue
import socket
import ssl
import sys
import threading

from plan import exchanges


def receive(connection, to):
    while data := connection.recv(65536):
        to.put(data)


def send(connection, of):
    while True:
        connection.sendall(of.get())


class Apart:
    """TLS without a socket."""

    def __init__(self, port):
        connection = socket.create_connection(("127.0.0.1", port))
        self.received, self.sent = queue.Queue(), queue.Queue()
        threading.Thread(target=receive, args=(connection, self.received), daemon=True).start()
        threading.Thread(target=send, args=(connection, self.sent), daemon=True).start()
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = ssl._create_unverified_context().wrap_bio(self.incoming, self.outgoing)
        self.move(self.tls.do_handshake)

    def move(self, action, *arguments):
        while True:
            try:
                return action(*arguments)
            except ssl.SSLWantReadError:
                self.flush()
                self.incoming.write(self.received.get())
            finally:
                self.flush()

    def flush(self):
        if self.outgoing.pending:
            self.sent.put(self.outgoing.read())


def exchange(apart, method, path, body):
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n" + (f"Content-Length: {body}\r\n" if body else "")
    apart.move(apart.tls.write, head.encode() + b"\r\n" + b"x" * body)
    got = b""
    while b"\r\n\r\n" not in got:
        got += apart.move(apart.tls.read, 65536)
    head, rest = got.split(b"\r\n\r\n", 1)
    length = [line for line in head.decode().lower().split("\r\n") if line.startswith("content-length:")]
    missing = int(length[0].split(":")[1]) - len(rest)
    while missing > 0:
        missing -= len(apart.move(apart.tls.read, 65536))


print("waiting", flush=True)
sys.stdin.readline()
apart = Apart(int(sys.argv[1]))
for method, path, body in exchanges(int(sys.argv[2])):
    exchange(apart, method, path, body)
print("done", flush=True)
sys.stdin.readline()
