// Https.exe server PORT CERTIFICATE.p12 answers /s/STATUS/BYTES by SslStream, a thread a connection; without a certificate by
// HttpListener. Https.exe client PORT COUNT [http] asks such a server by HttpWebRequest, when a line comes.
using System;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;

class Https {
  static readonly int[] statuses = { 200, 201, 404, 500 };

  static void Main(string[] arguments) {
    int port = int.Parse(arguments[1]);
    if (arguments[0] == "client") Ask(arguments[arguments.Length - 1] == "http" ? "http" : "https", port, int.Parse(arguments[2]));
    else if (arguments.Length > 2) Serve(port, new X509Certificate2(arguments[2], "test"));
    else Listen(port);
  }

  static void Listen(int port) {
    var listener = new HttpListener();
    listener.Prefixes.Add("http://127.0.0.1:" + port + "/");
    listener.Start();
    for (;;) {
      var context = listener.GetContext();
      new StreamReader(context.Request.InputStream).ReadToEnd();
      var parts = context.Request.Url.AbsolutePath.Split('/');
      var body = Encoding.ASCII.GetBytes(new string('x', int.Parse(parts[3])));
      context.Response.StatusCode = int.Parse(parts[2]);
      context.Response.ContentLength64 = body.Length;
      context.Response.OutputStream.Write(body, 0, body.Length);
      context.Response.Close();
    }
  }

  static void Serve(int port, X509Certificate2 certificate) {
    var listener = new TcpListener(IPAddress.Loopback, port);
    listener.Start();
    for (;;) {
      var connection = listener.AcceptTcpClient();
      new Thread(() => Answer(connection, certificate)).Start();
    }
  }

  static void Answer(TcpClient connection, X509Certificate2 certificate) {
    try {
      var stream = new SslStream(connection.GetStream());
      stream.AuthenticateAsServer(certificate);
      var reader = new BufferedStream(stream);
      for (string line; (line = ReadLine(reader)) != "";) {
        int length = 0;
        for (string header; (header = ReadLine(reader)) != "";)
          if (header.ToLower().StartsWith("content-length:")) length = int.Parse(header.Substring(15));
        for (; length > 0; length--) reader.ReadByte();
        var parts = line.Split(' ')[1].Split('/');
        var head = "HTTP/1.1 " + parts[2] + " x\r\nContent-Length: " + parts[3] + "\r\n\r\n";
        var bytes = Encoding.ASCII.GetBytes(head + new string('x', int.Parse(parts[3])));
        stream.Write(bytes, 0, bytes.Length);
      }
    } catch (IOException) {
    }
    connection.Close();
  }

  static string ReadLine(Stream from) {
    var line = new StringBuilder();
    for (int one; (one = from.ReadByte()) >= 0 && one != '\n';) if (one != '\r') line.Append((char)one);
    return line.ToString();
  }

  static void Ask(string scheme, int port, int count) {
    ServicePointManager.ServerCertificateValidationCallback = delegate { return true; };
    Console.WriteLine("waiting");
    Console.ReadLine();
    for (int i = 0; i < count; i++) {
      var url = scheme + "://127.0.0.1:" + port + "/s/" + statuses[i % 4] + "/" + i * 37 % 5000;
      var request = (HttpWebRequest)WebRequest.Create(url);
      if (i % 2 == 1) {
        var body = Encoding.ASCII.GetBytes(new string('x', i * 7 % 1000 + 1));
        request.Method = "POST";
        request.ServicePoint.Expect100Continue = false;
        request.ContentLength = body.Length;
        using (var to = request.GetRequestStream()) to.Write(body, 0, body.Length);
      }
      HttpWebResponse response;
      try {
        response = (HttpWebResponse)request.GetResponse();
      } catch (WebException error) {
        response = (HttpWebResponse)error.Response;
      }
      new StreamReader(response.GetResponseStream()).ReadToEnd();
      response.Close();
    }
    Console.WriteLine("done");
    Console.ReadLine();
  }
}
