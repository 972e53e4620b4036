"""late_client.py PORT COUNT: loads its TLS library when a line comes, and asks the server on PORT at once."""

import sys

from plan import exchanges

print("waiting", flush=True)
sys.stdin.readline()
import http.client
import ssl

connection = http.client.HTTPSConnection("127.0.0.1", int(sys.argv[1]), context=ssl._create_unverified_context())
for method, path, body in exchanges(int(sys.argv[2])):
    connection.request(method, path, b"x" * body if body else None)
    connection.getresponse().read()
print("done", flush=True)
sys.stdin.readline()
