import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The service beyla.Test on grpc-java: see go/main.go for what all peers do. */
public final class Peer {
  private static final int PATIENCE_MS = 200;

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private static final Map<String, MethodDescriptor<byte[], byte[]>> METHODS = new LinkedHashMap<>();

  static {
    add("Unary", MethodType.UNARY);
    add("ClientStream", MethodType.CLIENT_STREAMING);
    add("ServerStream", MethodType.SERVER_STREAMING);
    add("Bidi", MethodType.BIDI_STREAMING);
    add("Wait", MethodType.UNARY);
  }

  private static void add(String name, MethodType type) {
    METHODS.put(name, MethodDescriptor.newBuilder(BYTES, BYTES).setType(type)
        .setFullMethodName("beyla.Test/" + name).build());
  }

  private static Status asked(byte[] message) {
    return Status.fromCodeValue(Integer.parseInt(new String(message))).withDescription("as asked");
  }

  private static void finish(byte[] message, int answers, StreamObserver<byte[]> out) {
    for (int i = 0; i < answers; i++) {
      out.onNext(message);
    }
    if (asked(message).isOk()) {
      out.onCompleted();
    } else {
      out.onError(asked(message).asException());
    }
  }

  private static StreamObserver<byte[]> collect(StreamObserver<byte[]> out, boolean echoes) {
    return new StreamObserver<>() {
      private byte[] last;

      @Override
      public void onNext(byte[] message) {
        last = message;
        if (echoes) {
          out.onNext(message);
        }
      }

      @Override
      public void onError(Throwable error) {}

      @Override
      public void onCompleted() {
        finish(last, echoes || !asked(last).isOk() ? 0 : 1, out);
      }
    };
  }

  private static void serve(int port) throws Exception {
    ServerServiceDefinition service = ServerServiceDefinition.builder("beyla.Test")
        .addMethod(METHODS.get("Unary"), ServerCalls.asyncUnaryCall(
            (byte[] message, StreamObserver<byte[]> out) -> finish(message, asked(message).isOk() ? 1 : 0, out)))
        .addMethod(METHODS.get("ClientStream"), ServerCalls.asyncClientStreamingCall(
            (StreamObserver<byte[]> out) -> collect(out, false)))
        .addMethod(METHODS.get("ServerStream"), ServerCalls.asyncServerStreamingCall(
            (byte[] message, StreamObserver<byte[]> out) -> finish(message, 3, out)))
        .addMethod(METHODS.get("Bidi"), ServerCalls.asyncBidiStreamingCall(
            (StreamObserver<byte[]> out) -> collect(out, true)))
        .addMethod(METHODS.get("Wait"), ServerCalls.asyncUnaryCall(
            (byte[] message, StreamObserver<byte[]> out) -> {}))
        .build();
    Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port)).addService(service).build();
    server.start();
    System.out.println("listening");
    server.awaitTermination();
  }

  private static int call(Channel channel, String name, int code) throws Exception {
    byte[] message = String.valueOf(code).getBytes();
    CompletableFuture<Integer> ended = new CompletableFuture<>();
    StreamObserver<byte[]> out = new StreamObserver<>() {
      @Override
      public void onNext(byte[] answer) {}

      @Override
      public void onError(Throwable error) {
        ended.complete(Status.fromThrowable(error).getCode().value());
      }

      @Override
      public void onCompleted() {
        ended.complete(0);
      }
    };
    var call = channel.newCall(METHODS.get(name), CallOptions.DEFAULT);
    switch (name) {
      case "Unary" -> ClientCalls.asyncUnaryCall(call, message, out);
      case "ServerStream" -> ClientCalls.asyncServerStreamingCall(call, message, out);
      default -> {
        StreamObserver<byte[]> in = name.equals("Bidi")
            ? ClientCalls.asyncBidiStreamingCall(call, out) : ClientCalls.asyncClientStreamingCall(call, out);
        for (int i = 0; i < 3; i++) {
          in.onNext(message);
        }
        in.onCompleted();
      }
    }
    return ended.get(20, TimeUnit.SECONDS);
  }

  private static void callInVain(Channel channel) throws Exception {
    CallOptions limited = CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_MS, TimeUnit.MILLISECONDS);
    try {
      ClientCalls.blockingUnaryCall(channel.newCall(METHODS.get("Wait"), limited), new byte[0]);
    } catch (io.grpc.StatusRuntimeException expected) {
      // whichever end notices first says how
    }
    var future = ClientCalls.futureUnaryCall(channel.newCall(METHODS.get("Wait"), CallOptions.DEFAULT), new byte[0]);
    Thread.sleep(PATIENCE_MS);
    future.cancel(true);
  }

  private static void ask(int port, int count, int ownPort) throws Exception {
    try (ServerSocket own = new ServerSocket(ownPort)) {
      System.out.println("waiting");
      BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
      lines.readLine();
      ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
      for (int i = 0; i < count; i++) {
        for (String name : METHODS.keySet()) {
          for (int code : name.equals("Wait") ? new int[0] : new int[] {0, 5, 13, 14, 4}) {
            int got = call(channel, name, code);
            if (got != code) {
              throw new IllegalStateException(name + " ended with " + got + ", not " + code);
            }
          }
        }
        callInVain(channel); // last, so that the deadline is not over before the first call leaves
      }
      System.out.println("done");
      lines.readLine();
      channel.shutdownNow();
    }
  }

  public static void main(String[] args) throws Exception {
    if (args[0].equals("server")) {
      serve(Integer.parseInt(args[1]));
    } else {
      ask(Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
    }
    System.exit(0);
  }
}
