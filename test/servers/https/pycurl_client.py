"""pycurl_client.py PORT COUNT: asks by the libcurl and libssl that pycurl's wheel brings along, when a line comes."""

import sys

import pycurl
from plan import exchanges

print("waiting", flush=True)
sys.stdin.readline()
curl = pycurl.Curl()
for method, path, body in exchanges(int(sys.argv[2])):
    curl.reset()
    curl.setopt(pycurl.URL, f"https://127.0.0.1:{sys.argv[1]}{path}")
    curl.setopt(pycurl.SSL_VERIFYPEER, 0)
    curl.setopt(pycurl.SSL_VERIFYHOST, 0)
    curl.setopt(pycurl.WRITEFUNCTION, len)
    if body:
        curl.setopt(pycurl.POSTFIELDS, "x" * body)
    curl.perform()
print("done", flush=True)
sys.stdin.readline()
