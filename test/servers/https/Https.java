import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.FileInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Https.java PORT [CERTIFICATE.p12]: answers /s/STATUS/BYTES, by Java's own TLS where there is a certificate. */
class Https {
  public static void main(String[] args) throws Exception {
    var address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), Integer.parseInt(args[0]));
    HttpServer server = args.length > 1 ? encrypted(address, args[1]) : HttpServer.create(address, 0);
    server.createContext("/", exchange -> {
      exchange.getRequestBody().readAllBytes();
      String[] parts = exchange.getRequestURI().getPath().split("/");
      byte[] body = new byte[Integer.parseInt(parts[3])];
      exchange.sendResponseHeaders(Integer.parseInt(parts[2]), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
  }

  static HttpServer encrypted(InetSocketAddress address, String certificate) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(new FileInputStream(certificate), "test".toCharArray());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "test".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return server;
  }
}
