"""fionread.py PORT: answers each request with the number of its bytes that FIONREAD says are waiting to be read."""

import array
import fcntl
import socket
import sys
import termios

server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen()
while True:
    connection, _ = server.accept()
    with connection:
        while b"\r\n\r\n" not in connection.recv(4096, socket.MSG_PEEK):
            pass
        waiting = array.array("i", [0])
        fcntl.ioctl(connection, termios.FIONREAD, waiting)
        body = str(waiting[0]).encode()
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
