import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;

/** Client.java PORT COUNT: asks the server on PORT by java.net.http, when a line comes. */
class Client {
  static final int[] STATUSES = {200, 201, 404, 500};

  public static void main(String[] args) throws Exception {
    var input = new BufferedReader(new InputStreamReader(System.in));
    System.out.println("waiting");
    input.readLine();
    // Else each request asks for HTTP/2.
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      var uri = URI.create("http://127.0.0.1:%s/s/%d/%d".formatted(args[0], STATUSES[i % 4], i * 37 % 5000));
      var request = HttpRequest.newBuilder(uri);
      if (i % 2 == 1) request.POST(BodyPublishers.ofString("x".repeat(i * 7 % 1000 + 1)));
      client.send(request.build(), BodyHandlers.ofByteArray());
    }
    System.out.println("done");
    input.readLine();
    System.exit(0);
  }
}
