"""TCP segments of a connection that its own kernel has not sent: what a network does that changes the order of packets. Needs root."""

import socket
import struct

TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ = 19, 20, 21  # linux/tcp.h
REPAIR_ON, REPAIR_OFF = 1, -1
RECEIVE_QUEUE, SEND_QUEUE = 1, 2
FLAGS_PUSH_ACK, HEADER_WORDS, WINDOW = 0x18, 5, 0xFFFF


def send_reordered(sock, data):
    """The second half arrives first, then both halves in their order: so the second one arrives twice."""
    half = len(data) // 2
    inject(sock, half, data[half:])
    sock.sendall(data[:half])
    sock.sendall(data[half:])
    return len(data)


def inject(sock, ahead, data):
    """A segment with bytes that the socket is going to send after `ahead` others."""
    sequence, acknowledged = queue_sequences(sock)
    (source, source_port), (target, target_port) = sock.getsockname(), sock.getpeername()
    header = struct.pack(
        "!HHIIBBHHH",
        source_port,
        target_port,
        (sequence + ahead) & 0xFFFFFFFF,
        acknowledged,
        HEADER_WORDS << 4,
        FLAGS_PUSH_ACK,
        WINDOW,
        0,
        0,
    )
    ends = socket.inet_aton(source) + socket.inet_aton(target)
    pseudo_header = ends + struct.pack("!HH", socket.IPPROTO_TCP, len(header) + len(data))
    sum_ = checksum(pseudo_header + header + data)
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
        raw.sendto(header[:16] + struct.pack("!H", sum_) + header[18:] + data, (target, 0))


def queue_sequences(sock):
    """Sequence numbers of the next byte that the socket sends, and of the next one that it receives."""
    sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, REPAIR_ON)
    numbers = []
    for queue in (SEND_QUEUE, RECEIVE_QUEUE):
        sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, queue)
        numbers.append(sock.getsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ) & 0xFFFFFFFF)
    sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, REPAIR_OFF)
    return numbers


def checksum(data):
    """https://www.rfc-editor.org/rfc/rfc1071"""
    words = struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2))
    total = sum(words)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
