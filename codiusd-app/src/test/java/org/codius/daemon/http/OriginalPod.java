package org.codius.daemon.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Answers as the program in the recorded pods did: one request a connection, by its path. */
final class OriginalPod implements AutoCloseable {

  private static final int PORT = 8080;
  private static final int BACKLOG = 50;

  private static final String JSON = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
  private static final String CHUNKED = "connection: close\r\ntransfer-encoding: chunked\r\n\r\n";
  private static final String ECHO =
      "{\"method\":\"GET\",\"url\":\"/echo\",\"rawHeaders\":[],\"body\":\"\"}";

  private static final Map<String, String> ANSWERS =
      Map.of(
          "/echo", JSON + CHUNKED + chunk(ECHO) + chunk(""),
          "/chunked",
              "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n"
                  + CHUNKED
                  + chunk("a\n")
                  + chunk("b\n")
                  + chunk(""),
          "/redirect",
              "HTTP/1.1 302 Found\r\nlocation: http://example.invalid/x\r\n" + CHUNKED + chunk(""),
          "/500",
              "HTTP/1.1 500 Internal Server Error\r\nx-backend: yes\r\n"
                  + CHUNKED
                  + chunk("boom")
                  + chunk(""),
          "/1k",
              "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
                  .formatted(1024),
          "/close", "",
          "/quiet",
              "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
                  + "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\u0081\u0005hello");

  private final ServerSocket server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /**
   * @param address a loopback address that nobody else listens on
   */
  OriginalPod(InetAddress address) throws IOException {
    server = new ServerSocket(PORT, BACKLOG, address);
    threads.execute(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        threads.execute(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
      String line = in.readLine();
      if (line == null) {
        return; // only whether it listens
      }
      for (String field = in.readLine(); field != null && !field.isEmpty(); ) {
        field = in.readLine();
      }
      String method = line.substring(0, line.indexOf(' '));
      String target = line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' '));
      String answer =
          ANSWERS.getOrDefault(
              target, JSON + CHUNKED + chunk("{\"imageUploaded\":true,\"port\":8080}") + chunk(""));
      String body = target.equals("/1k") && !method.equals("HEAD") ? "b".repeat(1024) : "";
      socket.getOutputStream().write((answer + body).getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
    } catch (IOException e) {
      // the proxy has left
    }
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  @Override
  public void close() throws IOException {
    server.close();
    threads.shutdownNow();
  }
}
