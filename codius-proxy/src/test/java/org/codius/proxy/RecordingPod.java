package org.codius.proxy;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
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
      requests.add(HEAD.matcher(head).matches() ? head : MALFORMED + head);
      int index = requests.size() - 1;
      requests.set(index, requests.get(index) + body(connection.wire, head));
      connection.send(ProxyUnderTest.ok("pod"));
    }
  }

  private static String body(Wire wire, String head) throws IOException {
    Matcher length = LENGTH.matcher(head);
    boolean hasLength = length.find();
    boolean isChunked = CODING.matcher(head).find();
    String lowercase = head.toLowerCase(Locale.ROOT);
    if (occurrences(lowercase, "content-length") + occurrences(lowercase, "transfer-encoding")
            != (hasLength ? 1 : 0) + (isChunked ? 1 : 0)
        || (hasLength && isChunked)) {
      return MALFORMED + "framing";
    }
    if (hasLength) {
      return wire.read(Integer.parseInt(length.group(1)));
    }
    if (!isChunked) {
      return "";
    }
    StringBuilder body = new StringBuilder();
    while (true) {
      String line = wire.readTo("\r\n");
      body.append(line);
      int size = Integer.parseInt(line.split("[;\r]", 2)[0], 16);
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

  private static int occurrences(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
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
