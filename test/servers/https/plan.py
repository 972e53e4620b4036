"""What every client asks: see test/support/https-plan.ts, which knows it too."""

STATUSES = (200, 201, 404, 500)


def exchanges(count):
    """(method, path, bytes of the request's body) of each."""
    for i in range(count):
        body = i * 7 % 1000 + 1 if i % 2 else 0
        yield ("POST" if body else "GET", f"/s/{STATUSES[i % 4]}/{i * 37 % 5000}", body)
