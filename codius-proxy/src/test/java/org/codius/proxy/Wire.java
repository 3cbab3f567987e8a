package org.codius.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Locale;

/** One end of a TCP connection, on which HTTP is spoken by hand. */
final class Wire implements AutoCloseable {

  /** No read waits longer; a test that meets it has failed. */
  private static final int PATIENCE_MS = 60_000;

  final Socket socket;
  private final InputStream in;

  Wire(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MS);
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  static Wire to(InetSocketAddress address) throws IOException {
    return new Wire(new Socket(address.getAddress(), address.getPort()));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  Wire send(String text) throws IOException {
    send(text.getBytes(ISO_8859_1));
    return this;
  }

  /** Reads up to and with the empty line; empty if the connection ends before the first byte. */
  String readHead() throws IOException {
    return readTo("\r\n\r\n");
  }

  /** Reads up to and with {@code end}; empty if the connection ends before the first byte. */
  String readTo(String end) throws IOException {
    StringBuilder text = new StringBuilder();
    while (!text.toString().endsWith(end)) {
      int b = in.read();
      if (b < 0) {
        if (text.length() == 0) {
          return "";
        }
        throw new EOFException("connection ended after: " + text);
      }
      text.append((char) b);
    }
    return text.toString();
  }

  String read(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("connection ended after: " + new String(bytes, ISO_8859_1));
    }
    return new String(bytes, ISO_8859_1);
  }

  /** Reads and drops up to so many bytes; returns how many, or -1 at the end. */
  int skim(byte[] buffer) throws IOException {
    return in.read(buffer);
  }

  /** Reads until the other side ends the connection. */
  String readAll() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    in.transferTo(out);
    return out.toString(ISO_8859_1);
  }

  /** Reads an answer to anything but HEAD, with its framing, as it came. */
  Answer answer() throws IOException {
    String head = readHead();
    String lowercase = head.toLowerCase(Locale.ROOT);
    int status = head.isEmpty() ? 0 : Integer.parseInt(head.substring(9, 12));
    if (status < 200 || status == 204 || status == 304) {
      return new Answer(status, head, "");
    }
    if (lowercase.contains("transfer-encoding: chunked")) {
      StringBuilder body = new StringBuilder();
      while (true) {
        int size = Integer.parseInt(readTo("\r\n").strip(), 16);
        body.append(read(size));
        if (size == 0) {
          break;
        }
        read(2);
      }
      for (String line = readTo("\r\n"); !line.equals("\r\n"); line = readTo("\r\n")) {
        body.append(line);
      }
      return new Answer(status, head, body.toString());
    }
    String length =
        Arrays.stream(lowercase.split("\r\n", -1))
            .filter(line -> line.startsWith("content-length: "))
            .map(line -> line.substring(16))
            .findFirst()
            .orElse("");
    String body = length.isEmpty() ? readAll() : read(Integer.parseInt(length));
    return new Answer(status, head, body);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** An answer, its body without chunk sizes but with trailers. */
  record Answer(int status, String head, String body) {

    boolean has(String line) {
      return head.contains("\r\n" + line + "\r\n");
    }
  }
}
