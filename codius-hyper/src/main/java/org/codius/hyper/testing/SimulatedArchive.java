package org.codius.hyper.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an archive of images has in it, as {@code docker save} writes them: a tar (POSIX ustar) with
 * a {@code manifest.json} that names each image's settings and tags.
 *
 * @param files by their names, a character for each byte
 */
record SimulatedArchive(Map<String, String> files) {

  private static final int BLOCK = 512;
  private static final int NAME_LENGTH = 100;
  private static final int SIZE_AT = 124;
  private static final int SIZE_LENGTH = 12;
  private static final String MAGIC = "ustar";
  private static final int MAGIC_AT = 257;
  private static final int OCTAL = 8;

  static SimulatedArchive read(String tar) {
    if (!tar.startsWith(MAGIC, MAGIC_AT)) {
      throw broken();
    }
    Map<String, String> files = new HashMap<>();
    int at = 0;
    while (tar.startsWith(MAGIC, at + MAGIC_AT)) {
      int content = at + BLOCK;
      int end = content + size(tar.substring(at + SIZE_AT, at + SIZE_AT + SIZE_LENGTH));
      if (end < content || end > tar.length()) {
        throw broken();
      }
      files.put(text(tar.substring(at, at + NAME_LENGTH)), tar.substring(content, end));
      at = content + (end - content + BLOCK - 1) / BLOCK * BLOCK;
    }
    return new SimulatedArchive(files);
  }

  private static int size(String field) {
    String digits = text(field).strip();
    try {
      return digits.isEmpty() ? 0 : Integer.parseInt(digits, OCTAL);
    } catch (NumberFormatException e) {
      throw broken();
    }
  }

  private static String text(String field) {
    int end = field.indexOf('\0');
    return end < 0 ? field : field.substring(0, end);
  }

  private static HyperdRefusal broken() {
    return new HyperdRefusal("Untar re-exec error: exit status 1: output: unexpected EOF");
  }

  /** Returns each image under each of its tags; none if there is no list of them. */
  List<SimulatedImage> images() {
    List<SimulatedImage> images = new ArrayList<>();
    if (files.containsKey("manifest.json")) {
      for (JsonNode image : json(file("manifest.json"))) {
        String settings = image.path("Config").asText();
        for (JsonNode tag : image.path("RepoTags")) {
          images.add(image(tag.asText(), settings));
        }
      }
    }
    return images;
  }

  private SimulatedImage image(String tag, String settings) {
    String file = file(settings);
    JsonNode config = json(file).path("config");
    List<String> command = new ArrayList<>(UserPod.strings(config, "Entrypoint"));
    command.addAll(UserPod.strings(config, "Cmd"));
    Map<String, String> environment = new LinkedHashMap<>();
    for (String variable : UserPod.strings(config, "Env")) {
      int nameEnd = variable.indexOf('=');
      environment.put(variable.substring(0, nameEnd), variable.substring(nameEnd + 1));
    }
    int tagAt = tag.lastIndexOf(':');
    return new SimulatedImage(
        tag.substring(0, tagAt),
        tag.substring(tagAt + 1),
        "sha256:" + HexIds.of(file),
        command,
        config.path("WorkingDir").asText(),
        environment);
  }

  private String file(String name) {
    String content = files.get(name);
    if (content == null) {
      throw new HyperdRefusal("open " + name + ": no such file or directory");
    }
    return content;
  }

  private static JsonNode json(String file) {
    return UserPod.read(new String(file.getBytes(ISO_8859_1), UTF_8));
  }
}
