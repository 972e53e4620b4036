"""hold.py PORT COMMAND...: becomes COMMAND, which then holds PORT without answering there: an agent selects it by that port."""

import os
import socket
import sys

port, *command = sys.argv[1:]
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(port)))
listener.listen(1)
listener.set_inheritable(True)
os.execvp(command[0], command)
