package org.codius.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A pod that reads what is uploaded to the end, unlike nginx's own answers, and says so. */
final class UploadSink {

  private static final byte[] DONE = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII);
  private static final String LENGTH = "content-length: ";

  private UploadSink() {}

  /**
   * Runs until it is killed.
   *
   * @param args the port, and how many bytes a second to read at most
   */
  public static void main(String[] args) throws IOException {
    try (ServerSocket listener =
        new ServerSocket(Integer.parseInt(args[0]), 128, InetAddress.getLoopbackAddress())) {
      while (true) {
        Socket socket = listener.accept();
        long rate = Long.parseLong(args[1]);
        Thread thread = new Thread(() -> serve(socket, rate), "upload");
        thread.setDaemon(true);
        thread.start();
      }
    }
  }

  private static void serve(Socket socket, long rate) {
    byte[] buffer = new byte[256 * 1024];
    try (socket) {
      InputStream in = socket.getInputStream();
      for (long left = lengthAfterHead(in); left >= 0; left = lengthAfterHead(in)) {
        long from = System.nanoTime();
        long taken = 0;
        while (left > 0) {
          int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
          if (read < 0) {
            return;
          }
          left -= read;
          taken += read;
          long early = (long) (taken * 1e9 / rate) - (System.nanoTime() - from);
          if (early > 0) {
            TimeUnit.NANOSECONDS.sleep(early);
          }
        }
        socket.getOutputStream().write(DONE);
      }
    } catch (IOException | InterruptedException e) {
      System.err.println("upload broken off: " + e.getMessage());
    }
  }

  /** Reads a head, byte by byte, since it is short; -1 at the end. */
  private static long lengthAfterHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        return -1;
      }
      head.append((char) b);
    }
    String lowercase = head.toString().toLowerCase(Locale.ROOT);
    int at = lowercase.indexOf(LENGTH);
    if (at < 0) {
      throw new IOException("no Content-Length: " + head);
    }
    return Long.parseLong(
        lowercase.substring(at + LENGTH.length(), lowercase.indexOf('\r', at)).strip());
  }
}
