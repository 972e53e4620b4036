"""Plays one side of a TCP dialogue, call by call: each step says which system calls happen and how large they are.

A step is a JSON object with the key "do":

  send      data, how?, at? [offsets], each? bytes   writes data, cut at the offsets or into pieces of `each` bytes
  fill      bytes, how?, block?                      writes that many bytes of filler
  chunks    bytes, block, how?                       the same as chunked encoding, one chunk a block, without the end
  read      bytes, max?, how?                        reads that many bytes, at most `max` a call
  until     data, max?, how?                         reads until data has been read; what came after it is kept
  eof                                                reads until the other side has closed
  shutdown  / close / reset                          no more writing / FIN / RST
  tell      name                                     says on standard output that this point is reached
  await     name                                     stops until {"go": name} comes on standard input

Text in "data" is Latin-1: one character is one byte.
"""

import ctypes
import os
import select
import socket
import struct
import tempfile

from segments import send_reordered

BLOCK = 64 * 1024
SO_ZEROCOPY, MSG_ZEROCOPY = 60, 0x4000000
# A dialogue that got stuck fails with its own error before the test's time is over.
PATIENCE_S = 20


class Dialogue:
    def __init__(self, sock, tell, wait):
        self.sock = sock
        self.tell = tell
        self.wait = wait
        self.kept = b""
        self.read_bytes = 0
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Not settimeout(): that would make the socket non-blocking, and the calls others than those of the steps.
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", PATIENCE_S, 0))

    def play(self, steps):
        for step in steps:
            getattr(self, "do_" + step["do"])(**{key: value for key, value in step.items() if key != "do"})

    def do_send(self, data, how="send", at=(), each=0):
        raw = data.encode("latin-1")
        cuts = list(at) if not each else range(each, len(raw), each)
        for start, end in zip([0, *cuts], [*cuts, len(raw)]):
            self.write(raw[start:end], how)

    def do_fill(self, bytes, how="send", block=BLOCK):
        filler = b"x" * min(block, bytes)
        if how == "sendfile":
            return self.sendfile(filler, bytes)
        while bytes > 0:
            self.write(filler[:bytes], how)
            bytes -= len(filler)

    def do_chunks(self, bytes, block, how="send"):
        while bytes > 0:
            size = min(block, bytes)
            self.write(b"%x\r\n%s\r\n" % (size, b"x" * size), how)
            bytes -= size

    def do_read(self, bytes, max=BLOCK, how="recv"):
        taken = min(bytes, len(self.kept))
        self.kept = self.kept[taken:]
        bytes -= taken
        while bytes > 0:
            bytes -= len(self.receive(min(max, bytes), how))

    def do_until(self, data, max=BLOCK, how="recv"):
        wanted = data.encode("latin-1")
        seen = self.kept
        while wanted not in seen:
            seen += self.receive(max, how)
        self.kept = seen[seen.index(wanted) + len(wanted):]

    def do_eof(self):
        self.kept = b""
        while True:
            data = self.sock.recv(BLOCK)
            if not data:
                return
            self.read_bytes += len(data)

    def do_shutdown(self):
        self.sock.shutdown(socket.SHUT_WR)

    def do_close(self):
        self.sock.close()

    def do_reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def do_tell(self, name):
        self.tell(name)

    def do_await(self, name):
        self.wait(name)

    def receive(self, size, how):
        data = READERS[how](self.sock, size)
        if not data:
            raise EOFError("the other side closed")
        self.read_bytes += len(data)
        return data

    def write(self, data, how):
        while data:
            data = data[WRITERS[how](self.sock, data):]

    def sendfile(self, filler, total):
        """One sendfile call after another from a file of `filler`, so that no process memory holds the bytes."""
        with tempfile.TemporaryFile() as file:
            file.write(filler)
            file.flush()
            while total > 0:
                total -= os.sendfile(self.sock.fileno(), file.fileno(), 0, min(total, len(filler)))


def send_parts(sock, data):
    """Two pieces in one call, as servers send head and body."""
    half = len(data) // 2
    return [data[:half], data[half:]]


def send_from_file(sock, data):
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return os.sendfile(sock.fileno(), file.fileno(), 0, len(data))


def send_from_pipe(sock, data):
    """splice: the bytes go from a pipe to the socket without passing through this process again."""
    reader, writer = os.pipe()
    try:
        filled = os.write(writer, data[:16 * 1024])
        left = filled
        while left > 0:
            left -= os.splice(reader, sock.fileno(), left)
        return filled
    finally:
        os.close(reader)
        os.close(writer)


def send_pinned(sock, data):
    """MSG_ZEROCOPY: the kernel reads the pages when it sends; the buffer has to stay until it says it is done."""
    sock.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)
    pinned = ctypes.create_string_buffer(data, len(data))
    sent = sock.send(pinned, MSG_ZEROCOPY)
    errors = select.poll()
    errors.register(sock, 0)
    if not errors.poll(PATIENCE_S * 1000):
        raise TimeoutError("the kernel did not say that it is done with the pages")
    sock.recvmsg(1, 512, socket.MSG_ERRQUEUE)
    return sent


def receive_peeked(sock, size):
    sock.recv(size, socket.MSG_PEEK)
    return sock.recv(size)


def receive_parts(sock, size):
    """Two buffers in one call; the first is short, so that what arrives goes into both."""
    first, second = bytearray(min(7, size)), bytearray(max(0, size - 7))
    count = os.readv(sock.fileno(), [first, second] if second else [first])
    return bytes(first + second)[:count]


def receive_message(sock, size):
    return sock.recvmsg(size)[0]


def receive_to_pipe(sock, size):
    """splice: the payload is never copied to this process before it is out of the socket."""
    reader, writer = os.pipe()
    try:
        count = os.splice(sock.fileno(), writer, min(size, 16 * 1024))
        return os.read(reader, count) if count else b""
    finally:
        os.close(reader)
        os.close(writer)


WRITERS = {
    "send": lambda sock, data: sock.send(data),
    "write": lambda sock, data: os.write(sock.fileno(), data),
    "writev": lambda sock, data: os.writev(sock.fileno(), send_parts(sock, data)),
    "sendmsg": lambda sock, data: sock.sendmsg(send_parts(sock, data)),
    "sendfile": send_from_file,
    "splice": send_from_pipe,
    "zerocopy": send_pinned,
    "reordered": send_reordered,
}
READERS = {
    "recv": lambda sock, size: sock.recv(size),
    "read": lambda sock, size: os.read(sock.fileno(), size),
    "readv": receive_parts,
    "recvmsg": receive_message,
    "peek": receive_peeked,
    "splice": receive_to_pipe,
}
