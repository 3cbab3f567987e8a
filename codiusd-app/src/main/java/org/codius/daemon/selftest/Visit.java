package org.codius.daemon.selftest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Ascii;
import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One connection to a web site, as a browser makes it: by the name that the DNS knows, with a
 * certificate that is believed; {@code *.localhost} is this machine. Blocks.
 */
public final class Visit implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int MAXIMUM_HEAD = 8 << 10;
  private static final int MAXIMUM_BODY = 64 << 10;

  /** The longest text whose length fits into a frame's second byte. */
  private static final int MAXIMUM_TEXT = 125;

  private static final int FINAL_TEXT = 0x81;
  private static final int MASKED = 0x80;

  private final Socket socket;
  private final URI site;

  private Visit(Socket socket, URI site) {
    this.socket = socket;
    this.site = site;
  }

  /**
   * Connects.
   *
   * @param site scheme, name and port; the rest does not matter
   */
  public static Visit open(URI site) throws IOException {
    boolean isTls = "https".equals(site.getScheme());
    int port = site.getPort() > 0 ? site.getPort() : isTls ? 443 : 80;
    Socket socket = new Socket();
    try {
      socket.setSoTimeout(Math.toIntExact(TIMEOUT.toMillis()));
      socket.connect(
          new InetSocketAddress(address(site.getHost()), port),
          Math.toIntExact(TIMEOUT.toMillis()));
      return new Visit(isTls ? encrypted(socket, site.getHost(), port) : socket, site);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static InetAddress address(String host) throws UnknownHostException {
    return Ascii.toLowerCase(host).endsWith(".localhost")
        ? InetAddress.getLoopbackAddress()
        : InetAddress.getByName(host);
  }

  private static Socket encrypted(Socket plain, String host, int port) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            ((SSLSocketFactory) SSLSocketFactory.getDefault())
                .createSocket(plain, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(
        "HTTPS"); // else any believed certificate would do
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** Returns the body of the answer to a {@code GET} of {@code path}. */
  public String get(String path) throws IOException {
    send("GET " + path + " HTTP/1.1\r\nHost: " + site.getAuthority() + "\r\nConnection: close\r\n");
    String head = head();
    require(head, "200");
    String body = new String(socket.getInputStream().readNBytes(MAXIMUM_BODY), UTF_8);
    return body;
  }

  /** Returns what comes back for {@code text} that is sent over a WebSocket. */
  String echo(String text, RandomGenerator random) throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    if (bytes.length > MAXIMUM_TEXT) {
      throw new IllegalArgumentException(
          "text: %d bytes (expected: at most %d)".formatted(bytes.length, MAXIMUM_TEXT));
    }
    byte[] nonce = new byte[16];
    random.nextBytes(nonce);
    String key = BaseEncoding.base64().encode(nonce);
    send(
        "GET / HTTP/1.1\r\nHost: "
            + site.getAuthority()
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: "
            + key
            + "\r\n");
    String head = head();
    require(head, "101");
    if (!head.contains(accept(key))) {
      throw new IOException("the WebSocket was accepted with another key than ours");
    }
    return exchange(bytes, random);
  }

  private String exchange(byte[] text, RandomGenerator random) throws IOException {
    byte[] mask = new byte[4];
    random.nextBytes(mask);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(FINAL_TEXT);
    frame.write(MASKED | text.length);
    frame.writeBytes(mask);
    for (int i = 0; i < text.length; i++) {
      frame.write(text[i] ^ mask[i % mask.length]);
    }
    OutputStream out = socket.getOutputStream();
    out.write(frame.toByteArray());
    out.flush();
    int opcode = next();
    int length = next();
    if (opcode != FINAL_TEXT || length > MAXIMUM_TEXT) {
      throw new IOException("the WebSocket answered with something else than a short text");
    }
    byte[] answer = socket.getInputStream().readNBytes(length);
    return new String(answer, UTF_8);
  }

  /** RFC 6455 §4.2.2. */
  @SuppressWarnings("deprecation") // SHA-1 is what the RFC asks for
  private static String accept(String key) {
    return BaseEncoding.base64()
        .encode(
            Hashing.sha1()
                .hashString(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", ISO_8859_1)
                .asBytes());
  }

  private void send(String head) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write((head + "\r\n").getBytes(UTF_8));
    out.flush();
  }

  private static void require(String head, String status) throws IOException {
    String line = head.lines().findFirst().orElse("");
    if (!line.startsWith("HTTP/1.1 " + status)) {
      throw new IOException("the answer is \"%s\" (expected: %s)".formatted(line.strip(), status));
    }
  }

  private String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      if (head.length() == MAXIMUM_HEAD) {
        throw new IOException("the answer has no end");
      }
      head.append((char) next());
    }
    return head.toString();
  }

  private int next() throws IOException {
    InputStream in = socket.getInputStream();
    int next = in.read();
    if (next < 0) {
      throw new EOFException("the connection was closed without an answer");
    }
    return next;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
