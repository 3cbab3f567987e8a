package org.codius.hyper.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A recording of exchanges with a real hyperd. */
record Transcript(String name, List<Exchange> exchanges) {

  static final String FOLDER = "/org/codius/hyper/hyperd/transcripts";

  private static final Pattern RESPONSE =
      Pattern.compile("\n--- response(?: \\(curl rc=(\\d+), [0-9.]+ s\\))?\n");
  private static final Pattern INPUT =
      Pattern.compile("\\[after the 101 the client sends on the raw connection: b'(.*)'\\]");
  private static final Pattern FILE_BODY =
      Pattern.compile("\\[request body: file .*, (\\d+) bytes\\]");
  private static final int TAR_MAGIC_AT = 257;
  private static final Pattern HEX_LINE =
      Pattern.compile("(?m)^[0-9a-f]{8}: ((?:[0-9a-f]{2,4} ?)+) {2}.*$");

  /**
   * One request and its answer.
   *
   * @param note what was done before it
   * @param input what is sent after the head of the answer
   * @param isInputEnded whether the client's side was closed then
   * @param exitCode curl's: 0, 28 if it gave up waiting, 52 if the connection was closed instead
   */
  record Exchange(
      String note,
      String request,
      String requestBody,
      String input,
      boolean isInputEnded,
      int exitCode,
      HttpAnswer answer) {

    String target() {
      return request.substring(0, request.indexOf(" HTTP/"));
    }

    @Override
    public String toString() {
      return target();
    }
  }

  static Transcript read(String name) {
    String path = FOLDER + "/" + name + ".http";
    try (InputStream in = Transcript.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalArgumentException("transcript: \"" + name + "\"");
      }
      return parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("read " + path + ": " + e.getMessage(), e);
    }
  }

  private static Transcript parse(String name, String text) {
    List<Exchange> exchanges = new ArrayList<>();
    String note = "";
    for (String block : text.split("(?m)^#{20,}$|(?==+ NOTE: )", -1)) {
      Matcher noted = Pattern.compile("^=+ NOTE: (.*)").matcher(block);
      if (noted.find()) {
        note = noted.group(1);
      }
      Matcher response = RESPONSE.matcher(block);
      if (response.find()) {
        exchanges.add(exchange(note, block, response));
        note = "";
      }
    }
    return new Transcript(name, exchanges);
  }

  private static Exchange exchange(String note, String block, Matcher response) {
    String request = block.substring(0, response.start()).stripLeading();
    int headEnd = request.indexOf("\n\n");
    String head = headEnd < 0 ? request : request.substring(0, headEnd);
    String body = headEnd < 0 ? "" : request.substring(headEnd).strip();
    Matcher input = INPUT.matcher(body);
    boolean isRaw = input.matches();
    String rest = block.substring(response.end());
    return new Exchange(
        note,
        head.stripTrailing(),
        isRaw ? "" : fileOr(body),
        isRaw ? input.group(1).replace("\\n", "\n") : "",
        rest.contains("client shutdown(SHUT_WR)"),
        response.group(1) != null
            ? Integer.parseInt(response.group(1))
            : rest.contains("still open when the client gave up") ? LabNotes.CURL_TIMED_OUT : 0,
        answer(rest, head.startsWith("HEAD ")));
  }

  /** Files were archives; what stands for them looks like one of that length. */
  private static String fileOr(String body) {
    Matcher file = FILE_BODY.matcher(body);
    if (!file.matches()) {
      return body;
    }
    String archive = "\0".repeat(TAR_MAGIC_AT) + "ustar";
    return archive + "\0".repeat(Integer.parseInt(file.group(1)) - archive.length());
  }

  private static HttpAnswer answer(String block, boolean isHead) {
    if (!block.startsWith("HTTP/")) {
      return HttpAnswer.NONE;
    }
    String text = block.replaceFirst("^HTTP/1.1 100 Continue\n", "");
    int headEnd = text.indexOf("\n\n");
    HttpAnswer head = HttpAnswer.parseHead(text.substring(0, headEnd));
    if (isHead) {
      return head; // curl prints it twice
    }
    String body = text.substring(headEnd).replaceFirst("^\n{1,3}", "");
    if (body.contains("[binary body") || body.contains("[raw stream")) {
      return head.withBody(bytes(body));
    }
    String length = head.header("content-length");
    if (head.header("content-type").equals("application/json") && !length.isEmpty()) {
      // One line; what follows it is a remark, and the length was taken before names were changed.
      return head.withBody(body.split("\n", 2)[0].getBytes(StandardCharsets.UTF_8));
    }
    if (!length.isEmpty()) {
      byte[] all = body.getBytes(StandardCharsets.UTF_8);
      return head.withBody(Arrays.copyOf(all, Math.min(all.length, Integer.parseInt(length))));
    }
    return head.withBody((body.strip() + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] bytes(String dump) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Matcher line = HEX_LINE.matcher(dump);
    while (line.find()) {
      bytes.writeBytes(HexFormat.of().parseHex(line.group(1).replace(" ", "")));
    }
    return bytes.toByteArray();
  }
}
