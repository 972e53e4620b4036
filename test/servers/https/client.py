"""client.py PORT COUNT [http]: asks the server on PORT over one connection, when a line comes."""

import http.client
import ssl
import sys

from plan import exchanges

print("waiting", flush=True)
sys.stdin.readline()
port = int(sys.argv[1])
if "http" in sys.argv:
    connection = http.client.HTTPConnection("127.0.0.1", port)
else:
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=ssl._create_unverified_context())
for method, path, body in exchanges(int(sys.argv[2])):
    connection.request(method, path, b"x" * body if body else None)
    connection.getresponse().read()
print("done", flush=True)
sys.stdin.readline()
