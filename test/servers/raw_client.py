"""raw_client.py PORT: plays the dialogues of standard input on connections of its own, see dialogue.py.

PORT is held open, and never answered, so that an agent can select this process by port. Orders are
{"play": id, "connect": [host, port], "steps": [...]} and {"go": name}.
"""

import os
import socket
import sys
import threading

from peer import Orders, play, read_orders, say


def connect(orders, order):
    host, port = order["connect"]
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.connect((host, port))
    play(orders, sock, order)


def main(port):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(port)))
    listener.listen(1)
    orders = Orders()
    say(listening=listener.getsockname()[1], pid=os.getpid())
    read_orders(orders, lambda order: threading.Thread(target=connect, args=(orders, order), daemon=True).start())


main(sys.argv[1])
