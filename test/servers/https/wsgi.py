"""An application for gunicorn that answers /s/STATUS/BYTES."""


def app(environ, start_response):
    environ["wsgi.input"].read()
    _, _, status, size = environ["PATH_INFO"].split("/")
    start_response(f"{status} x", [("Content-Length", size)])
    return [b"x" * int(size)]
