"""The service beyla.Test on grpcio: see go/main.go for what all peers do."""

import socket
import sys
import threading
from concurrent import futures

import grpc

PATIENCE = 0.2
CODES = {code.value[0]: code for code in grpc.StatusCode}


def finish(message, context):
    code = int(message)
    if code:
        context.abort(CODES[code], "as asked")


def unary(message, context):
    finish(message, context)
    return message


def wait(message, context):
    over = threading.Event()
    if context.add_callback(over.set):
        over.wait()
    return message


def client_stream(messages, context):
    message = list(messages)[-1]
    finish(message, context)
    return message


def server_stream(message, context):
    for _ in range(3):
        yield message
    finish(message, context)


def bidi(messages, context):
    for message in messages:
        yield message
    finish(message, context)


def serve(port):
    server = grpc.server(futures.ThreadPoolExecutor(8))
    handlers = {
        "Wait": grpc.unary_unary_rpc_method_handler(wait),
        "Unary": grpc.unary_unary_rpc_method_handler(unary),
        "ClientStream": grpc.stream_unary_rpc_method_handler(client_stream),
        "ServerStream": grpc.unary_stream_rpc_method_handler(server_stream),
        "Bidi": grpc.stream_stream_rpc_method_handler(bidi),
    }
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("beyla.Test", handlers)])
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    print("listening", flush=True)
    server.wait_for_termination()


def call(channel, method, code):
    path, message = f"/beyla.Test/{method}", str(code).encode()
    try:
        if method == "Unary":
            channel.unary_unary(path)(message)
        elif method == "ClientStream":
            channel.stream_unary(path)(iter([message] * 3))
        elif method == "ServerStream":
            list(channel.unary_stream(path)(message))
        else:
            list(channel.stream_stream(path)(iter([message] * 3)))
    except grpc.RpcError as error:
        return error.code().value[0]
    return 0


def call_in_vain(channel):
    wait_for = channel.unary_unary("/beyla.Test/Wait")
    wait_for.future(b"", timeout=PATIENCE).exception()
    call = wait_for.future(b"")
    threading.Timer(PATIENCE, call.cancel).start()
    try:
        call.exception()
    except grpc.FutureCancelledError:
        pass


def ask(port, count, own_port):
    own = socket.create_server(("127.0.0.1", own_port))
    print("waiting", flush=True)
    sys.stdin.readline()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        for _ in range(count):
            for method in ("Unary", "ClientStream", "ServerStream", "Bidi"):
                for code in (0, 5, 13, 14, 4):
                    got = call(channel, method, code)
                    if got != code:
                        sys.exit(f"{method} ended with {got}, not {code}")
            # last: before there is a connection a call can be in vain without being made
            call_in_vain(channel)
    print("done", flush=True)
    sys.stdin.readline()
    own.close()


if sys.argv[1] == "server":
    serve(sys.argv[2])
else:
    ask(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
