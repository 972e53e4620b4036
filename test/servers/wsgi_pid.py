"""A WSGI application that answers every request with the id of the worker that serves it."""

import os


def app(_environ, start_response):
    body = str(os.getpid()).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
