package org.codius.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pod that reads requests as the grammar has them (RFC 9112 §2.1), notes them, and answers each.
 *
 * <p>It is another reader than the proxy's own, and a stricter one: what does not match it notes as
 * {@link #MALFORMED}.
 */
final class RecordingPod implements AutoCloseable {

  static final String MALFORMED = "malformed: ";

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  private static final Pattern HEAD =
      Pattern.compile(
          TOKEN
              + " (/[!-\"$-~]*|\\*) HTTP/1\\.1\r\n(?:"
              + TOKEN
              + ":[ \t]*(?:[!-~\\x80-\\xff](?:[ \t!-~\\x80-\\xff]*[!-~\\x80-\\xff])?)?[ \t]*\r\n)+\r\n");
  private static final Pattern LENGTH =
      Pattern.compile("\r\nContent-Length:[ \t]*([0-9]+)[ \t]*\r\n", Pattern.CASE_INSENSITIVE);
  private static final Pattern CODING =
      Pattern.compile("\r\nTransfer-Encoding:[ \t]*chunked[ \t]*\r\n", Pattern.CASE_INSENSITIVE);
  private static final Pattern CHUNK = Pattern.compile("([0-9a-fA-F]+)(?:;.*)?\r\n");

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final RawPod pod;

  RecordingPod() throws IOException {
    pod = RawPod.serving(this::serve);
  }

  RawPod raw() {
    return pod;
  }

  private void serve(RawPod.Connection connection) throws IOException {
    for (String head = connection.request(); !head.isEmpty(); head = connection.request()) {
      int index = note(HEAD.matcher(head).matches() ? head : MALFORMED + head);
      requests.set(index, requests.get(index) + body(connection.wire, head));
      connection.send(ProxyUnderTest.ok("pod"));
    }
  }

  private synchronized int note(String request) {
    requests.add(request);
    return requests.size() - 1;
  }

  private static String body(Wire wire, String head) throws IOException {
    Matcher length = LENGTH.matcher(head);
    boolean hasLength = length.find();
    boolean isChunked = CODING.matcher(head).find();
    long framings =
        head.lines()
            .map(line -> line.split(":", 2)[0].replaceAll("[^A-Za-z0-9]", "-"))
            .filter(
                name ->
                    name.equalsIgnoreCase("Content-Length")
                        || name.equalsIgnoreCase("Transfer-Encoding"))
            .count();
    if (framings != (hasLength ? 1 : 0) + (isChunked ? 1 : 0) || (hasLength && isChunked)) {
      return MALFORMED + "framing";
    }
    if (hasLength) {
      return wire.read(size(length.group(1), 10));
    }
    if (!isChunked) {
      return "";
    }
    StringBuilder body = new StringBuilder();
    while (true) {
      String line = wire.readTo("\r\n");
      body.append(line);
      if (line.isEmpty()) {
        throw new EOFException("connection ended in a body");
      }
      Matcher chunk = CHUNK.matcher(line);
      if (!chunk.matches()) {
        return MALFORMED + "chunk";
      }
      int size = size(chunk.group(1), 16);
      if (size == 0) {
        break;
      }
      body.append(wire.read(size + 2));
    }
    for (String line = wire.readTo("\r\n"); !line.equals("\r\n"); line = wire.readTo("\r\n")) {
      body.append(line);
    }
    return body.append("\r\n").toString();
  }

  /** Returns the number, or as much as there could ever be. */
  private static int size(String digits, int radix) {
    return new BigInteger(digits, radix).min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue();
  }

  /** All requests so far, head and body as they came, marked if they are malformed. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() throws IOException {
    pod.close();
  }
}
