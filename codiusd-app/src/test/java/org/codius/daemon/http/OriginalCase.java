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
 * @param request closes the connection, otherwise as recorded
 */
record OriginalCase(String name, String request, Answer answer) {

  private static final Pattern FILE =
      Pattern.compile(
          ">+ REQUEST\\n(.*?)\\r?\\n\\r?\\n(.*?)\\n?<+ RESPONSE\\n(.*?)\\r?\\n\\r?\\n(.*)",
          Pattern.DOTALL);
  private static final Pattern LENGTH = Pattern.compile("Content-Length: ([0-9]+)");

  static OriginalCase read(Path file) {
    String text;
    try {
      text = Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new AssertionError(file.toString(), e);
    }
    Matcher parts = FILE.matcher(text);
    if (!parts.matches()) {
      throw new AssertionError(file + ": not a request and its answer");
    }
    String head = parts.group(1).replaceAll("\\r?\\n", "\r\n");
    return new OriginalCase(
        file.getFileName().toString().replace(".txt", ""),
        head + "\r\nConnection: close\r\n\r\n" + whole(head, parts.group(2)),
        new Answer(
            Integer.parseInt(parts.group(3).substring(9, 12)), parts.group(3), parts.group(4)));
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
