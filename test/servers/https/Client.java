import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Client.java PORT COUNT [http]: asks the server on PORT by java.net.http, when a line comes; without http by Java's own TLS. */
class Client {
  static final int[] STATUSES = {200, 201, 404, 500};

  public static void main(String[] args) throws Exception {
    var input = new BufferedReader(new InputStreamReader(System.in));
    System.out.println("waiting");
    input.readLine();
    var scheme = args.length > 2 ? args[2] : "https";
    System.setProperty("jdk.internal.httpclient.disableHostnameVerification", "true");
    // Else each request asks for HTTP/2.
    var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(trusting()).build();
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      var uri = URI.create("%s://127.0.0.1:%s/s/%d/%d".formatted(scheme, args[0], STATUSES[i % 4], i * 37 % 5000));
      var request = HttpRequest.newBuilder(uri);
      if (i % 2 == 1) request.POST(BodyPublishers.ofString("x".repeat(i * 7 % 1000 + 1)));
      client.send(request.build(), BodyHandlers.ofByteArray());
    }
    System.out.println("done");
    input.readLine();
    System.exit(0);
  }

  /** Takes any certificate: the tests sign their own. */
  static SSLContext trusting() throws Exception {
    TrustManager any = new X509TrustManager() {
      public void checkClientTrusted(X509Certificate[] chain, String kind) {}

      public void checkServerTrusted(X509Certificate[] chain, String kind) {}

      public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
      }
    };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {any}, null);
    return context;
  }
}
