"""lives.py PORT [ADDRESS] | lives.py --fd FD | lives.py --hand-over PORT: answers every request with its process id.

A path that begins with /die kills the process as soon as it has answered, one with /exec makes it execute itself anew.
With --fd it serves a listener that it was given; with --hand-over it makes one for a program that it starts."""

import os
import signal
import socket
import sys


def listener(port, address="127.0.0.1"):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    server.bind((address, port))
    server.listen(128)
    return server


def hand_over(port):
    """Never accepts a connection itself, and ends with the one that does."""
    server = listener(port)
    os.set_inheritable(server.fileno(), True)
    arguments = [sys.executable, __file__, "--fd", str(server.fileno())]
    child = os.posix_spawn(sys.executable, arguments, os.environ)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGTERM))
    os.waitpid(child, 0)


def serve(server):
    print("listening", os.getpid(), flush=True)
    while True:
        connection, _ = server.accept()
        with connection:
            request = b""
            while b"\r\n\r\n" not in request:
                part = connection.recv(4096)
                if not part:
                    break
                request += part
            else:
                if request.startswith(b"GET /exec"):
                    server.close()  # or whoever connects after the answer would wait for what is gone
                body = str(os.getpid()).encode()
                connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        if request.startswith(b"GET /die"):
            os.kill(os.getpid(), signal.SIGKILL)
        if request.startswith(b"GET /exec"):
            os.execv(sys.executable, [sys.executable, *sys.argv])


if sys.argv[1] == "--hand-over":
    hand_over(int(sys.argv[2]))
elif sys.argv[1] == "--fd":
    serve(socket.socket(fileno=int(sys.argv[2])))
else:
    serve(listener(int(sys.argv[1]), *sys.argv[2:3]))
