package org.codius.daemon.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codius.daemon.http.ApiUnderTest.Answer;

/**
 * A request to the original as it was sent, and its answer: {@code SOURCE.md} beside the files
 * tells how they were recorded.
 *
 * @param name like {@code 10.004-get-info}
 * @param request closes the connection, unless it upgrades it; otherwise as recorded
 * @param answer the last one, where the request was paid for
 */
record OriginalCase(String name, String request, Answer answer, boolean isPaid) {

  private static final Pattern FILE =
      Pattern.compile(
          ">+ REQUEST\\n(.*?)\\r?\\n\\r?\\n(.*?)\\n?<+ RESPONSE\\n(.*)", Pattern.DOTALL);

  /** The last exchange, after which the client told how it went. */
  private static final Pattern PAID =
      Pattern.compile(
          "### conn=\\d+ C->S [^\\n]*\\n((?:(?!\\n### ).)*)\\n"
              + "### conn=\\d+ S->C [^\\n]*\\n((?:(?!\\n### ).)*)\\n### client result",
          Pattern.DOTALL);

  private static final Pattern LENGTH = Pattern.compile("Content-Length: ([0-9]+)");

  static OriginalCase read(Path file) {
    String name = file.getFileName().toString().replace(".txt", "");
    String text;
    try {
      text = new String(Files.readAllBytes(file), UTF_8); // one has a WebSocket frame
    } catch (IOException e) {
      throw new AssertionError(file.toString(), e);
    }
    Matcher exchanges = PAID.matcher(text);
    if (exchanges.find()) {
      return new OriginalCase(name, exchanges.group(1), answer(exchanges.group(2)), true);
    }
    Matcher parts = FILE.matcher(text);
    if (!parts.matches()) {
      throw new AssertionError(file + ": not a request and its answer");
    }
    String head = parts.group(1).replaceAll("\\r?\\n", "\r\n");
    String close = head.contains("Upgrade") ? "" : "Connection: close\r\n";
    return new OriginalCase(
        name,
        head + "\r\n" + close + "\r\n" + whole(head, parts.group(2)),
        answer(parts.group(3)),
        false);
  }

  private static Answer answer(String text) {
    String whole = text.replaceFirst("\\n?<<<FIN from server>>>\\s*$", "");
    if (whole.isEmpty()) {
      return new Answer(0, "", ""); // it only closed the connection
    }
    int end = whole.indexOf("\r\n\r\n");
    return new Answer(
        Integer.parseInt(whole.substring(9, 12)),
        end < 0 ? whole : whole.substring(0, end),
        end < 0 ? "" : whole.substring(end + 4));
  }

  /** Of one long text only the quotes are kept: what stood between them is put back. */
  private static String whole(String head, String body) {
    Matcher length = LENGTH.matcher(head);
    int missing = length.find() ? Integer.parseInt(length.group(1)) - body.length() : 0;
    int middle = body.indexOf("\"\"") + 1;
    return missing > 0 && middle > 0
        ? body.substring(0, middle) + "a".repeat(missing) + body.substring(middle)
        : body;
  }

  @Override
  public String toString() {
    return name;
  }
}
