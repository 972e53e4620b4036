"""raw_server.py HOST PORT: every accepted connection plays the next dialogue of standard input, see dialogue.py.

HOST :: listens for IPv4 too. Orders are {"play": id, "steps": [...]} and {"go": name}.
"""

import os
import queue
import socket
import sys
import threading

from peer import Orders, play, read_orders, say


def accept(listener, orders, waiting):
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=play, args=(orders, sock, waiting.get()), daemon=True).start()


def main(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind((host, int(port)))
    listener.listen(1024)
    orders, waiting = Orders(), queue.Queue()
    threading.Thread(target=accept, args=(listener, orders, waiting), daemon=True).start()
    say(listening=listener.getsockname()[1], pid=os.getpid())
    read_orders(orders, waiting.put)


main(*sys.argv[1:3])
