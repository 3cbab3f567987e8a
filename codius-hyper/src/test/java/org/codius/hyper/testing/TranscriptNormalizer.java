package org.codius.hyper.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes answers of one side of a replay comparable with those of the other.
 *
 * <p>Ids, machines and addresses become numbered in the order they are first seen, so what was the
 * same thing on the one side must be on the other. Times, process ids and sizes are left out, and
 * what has no order in hyperd is sorted.
 */
final class TranscriptNormalizer {

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
  private static final Pattern IDENTITY =
      Pattern.compile(
          "\\b[0-9a-f]{64}\\b|\\b(?:vm|pod|exec)-[A-Za-z]{10}\\b|192\\.168\\.123\\.\\d+(?=/24)");

  /** A container by its name, a machine by its pod, a pod by its id, an image by its name. */
  private static final Pattern ROW =
      Pattern.compile(
          "(?:[0-9a-f]{64}:|vm-[A-Za-z]{10}:|(?=(.+):\\1:)|(?=.+:[0-9a-f]{64}:\\d+:\\d+))(?<key>.*)");

  /** The beginning of a container's id. */
  private static final Pattern SHORT_ID = Pattern.compile("\\b[0-9a-f]{12}\\b");

  private static final int SHORT = 12;
  private static final int FRAME_HEADER = 8;

  private final Map<String, String> labels = new HashMap<>();
  private final Map<String, String> identities = new LinkedHashMap<>();

  /** Returns {@code text} with the identities {@code other} knows by the same number as this. */
  String translate(String text, TranscriptNormalizer other) {
    String whole =
        SHORT_ID
            .matcher(text)
            .replaceAll(
                shortId ->
                    labels.keySet().stream()
                        .filter(identity -> identity.startsWith(shortId.group()))
                        .map(identity -> other.identities.get(labels.get(identity)))
                        .map(identity -> identity.substring(0, SHORT))
                        .findFirst()
                        .orElse(shortId.group()));
    return IDENTITY
        .matcher(whole)
        .replaceAll(
            identity -> {
              String label = labels.get(identity.group());
              return Matcher.quoteReplacement(
                  label == null
                      ? identity.group()
                      : other.identities.getOrDefault(label, identity.group()));
            });
  }

  /** Begins a transcript: addresses are given again to others between them. */
  void forgetAddresses() {
    labels.keySet().removeIf(identity -> identity.startsWith("192."));
  }

  String normalize(HttpAnswer answer) {
    StringBuilder result = new StringBuilder("status " + answer.status() + "\n");
    answer.headers().forEach((name, value) -> result.append(header(name, value)));
    String type = answer.header("content-type");
    if (type.isEmpty() && answer.status() == 200) {
      return result.append(log(answer.body())).toString();
    }
    if (type.endsWith("raw-stream") && isFramed(answer.body())) {
      return result.append(label(frames(answer.body()).toString())).toString();
    }
    if (!type.equals("application/json")) {
      return result.append(label(answer.text())).toString().stripTrailing();
    }
    for (String line : answer.text().split("\n", -1)) {
      if (line.startsWith("{\"status\"") && line.contains("progressDetail")) {
        continue; // how often it reports depends on the speed
      }
      result.append(json(line)).append('\n');
    }
    return result.toString().stripTrailing();
  }

  private static String header(String name, String value) {
    return switch (name) {
      case "date", "connection" -> "";
      case "content-length" -> name + "\n";
      default -> name + ": " + value + "\n";
    };
  }

  private static boolean isFramed(byte[] body) {
    return body.length >= FRAME_HEADER && body[0] <= 2 && body[1] == 0;
  }

  /** Returns the text of each stream, however its program's writes cut it. */
  static Map<Integer, String> frames(byte[] body) {
    Map<Integer, String> texts = new TreeMap<>();
    ByteBuffer bytes = ByteBuffer.wrap(body);
    while (bytes.remaining() >= FRAME_HEADER) {
      int stream = bytes.getInt() >> 24;
      byte[] payload = new byte[Math.min(bytes.getInt(), bytes.remaining())];
      bytes.get(payload);
      texts.merge(stream, new String(payload, StandardCharsets.UTF_8), String::concat);
    }
    return texts;
  }

  /** Frames, or the text of an error. */
  private String log(byte[] body) {
    List<String> lines = new ArrayList<>();
    ByteBuffer bytes = ByteBuffer.wrap(body);
    while (bytes.remaining() >= FRAME_HEADER && bytes.get(bytes.position() + 1) == 0) {
      int stream = bytes.getInt() >> 24;
      byte[] payload = new byte[bytes.getInt()];
      bytes.get(payload);
      lines.add(stream + " " + new String(payload, StandardCharsets.UTF_8));
    }
    byte[] rest = new byte[bytes.remaining()];
    bytes.get(rest);
    lines.add(new String(rest, StandardCharsets.UTF_8).replace("\r", "").strip());
    return lines.stream().map(this::label).collect(Collectors.joining("\n")).strip();
  }

  private String json(String line) {
    try {
      return line.isBlank() ? "" : label(MAPPER.writeValueAsString(sorted(MAPPER.readTree(line))));
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + line, e);
    }
  }

  private static Object sorted(JsonNode json) {
    if (json instanceof ArrayNode array) {
      List<JsonNode> elements = new ArrayList<>();
      array.forEach(elements::add);
      elements.sort(Comparator.comparing(TranscriptNormalizer::orderOf));
      return elements.stream().map(TranscriptNormalizer::sorted).toList();
    }
    if (json instanceof ObjectNode object) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        fields.put(field.getKey(), sorted(field.getValue()));
      }
      return fields;
    }
    return json;
  }

  /** By what names it; the words of a command stay in order. */
  private static String orderOf(JsonNode element) {
    if (element.isObject()) {
      return element.path("name").asText() + element.path("env").asText();
    }
    Matcher row = ROW.matcher(element.asText());
    return row.matches() ? element.asText().substring(row.start("key")) : "";
  }

  private String label(String text) {
    String fixed =
        text.replace("/lab/hyper-root", SimulatedDaemon.ROOT)
            .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z", "<time>")
            .replaceAll("\"createdAt\":\\d+", "\"createdAt\":0")
            .replaceAll("\"ID\":\\d{2,3}(?=[,}])", "\"ID\":0")
            .replaceAll("invalid character .*", "<Go's words for bad JSON>")
            .replaceAll("(container|image) [0-9a-f]{12}\\b", "$1 <short>")
            .replaceAll("(:[0-9a-f]{64}):\\d{10}:\\d+", "$1:<created>:<size>");
    return IDENTITY
        .matcher(fixed)
        .replaceAll(identity -> Matcher.quoteReplacement(number(identity.group())));
  }

  private String number(String identity) {
    return labels.computeIfAbsent(
        identity,
        unseen -> {
          String label = "<" + (identities.size() + 1) + ">";
          identities.put(label, identity);
          return label;
        });
  }
}
