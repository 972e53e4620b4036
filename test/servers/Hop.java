// java Hop.java PORT NEXT: as hop.py, with a pool of threads.
import com.sun.net.httpserver.HttpServer;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

public class Hop {
  public static void main(String[] args) throws Exception {
    int next = Integer.parseInt(args[1]);
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 128);
    server.createContext("/", exchange -> {
      try {
        if (next == 0) {
          Thread.sleep(ThreadLocalRandom.current().nextInt(5));
        } else {
          URI uri = URI.create("http://127.0.0.1:" + next + exchange.getRequestURI());
          HttpURLConnection call = (HttpURLConnection) uri.toURL().openConnection();
          call.getInputStream().readAllBytes();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    server.setExecutor(Executors.newFixedThreadPool(64));
    server.start();
  }
}
