"""What raw_server.py and raw_client.py share: orders on standard input, reports on standard output, a JSON line each."""

import json
import sys
import threading

from dialogue import PATIENCE_S, Dialogue


class Orders:
    """Marks set by {"go": name}, and the dialogues to play."""

    def __init__(self):
        self.changed = threading.Condition()
        self.marks = set()

    def go(self, name):
        with self.changed:
            self.marks.add(name)
            self.changed.notify_all()

    def wait(self, name):
        with self.changed:
            if not self.changed.wait_for(lambda: name in self.marks, PATIENCE_S):
                raise TimeoutError(f"nobody said go to {name}")
            self.marks.discard(name)


def say(**fields):
    """One write a line: threads report at the same time."""
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def play(orders, sock, order):
    dialogue = Dialogue(sock, lambda name: say(mark=name, play=order["play"]), orders.wait)
    error = None
    try:
        dialogue.play(order["steps"])
    except (OSError, EOFError) as failure:
        error = f"{type(failure).__name__}: {failure}"
    sock.close()
    say(done=order["play"], error=error, read=dialogue.read_bytes)


def read_orders(orders, begin):
    """Until standard input ends, which is how the test says that it is over."""
    for line in sys.stdin:
        order = json.loads(line)
        if "go" in order:
            orders.go(order["go"])
        else:
            begin(order)
