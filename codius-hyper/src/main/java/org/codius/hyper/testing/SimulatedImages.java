package org.codius.hyper.testing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The images of a simulated hyperd and of the registries it pulls from. Guarded by its daemon's
 * lock.
 */
final class SimulatedImages {

  private static final String CREATED_AND_SIZE = ":1500000000:1982350";
  private static final int MANIFEST_BYTES = 505;
  private static final int LAYER_BYTES = 1068655;

  /** A registry perhaps, a path, and a tag or digest, each in the letters it may have. */
  private static final Pattern REFERENCE =
      Pattern.compile(
          "([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
              + "(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?");

  private final Map<String, SimulatedImage> published = new HashMap<>();
  private final Map<String, SimulatedImage> present = new LinkedHashMap<>();
  private final Map<String, String> streamErrors = new HashMap<>();
  private final Map<String, String> earlyErrors = new HashMap<>();

  void publish(SimulatedImage image) {
    published.put(image.tagged(), image);
    published.put(image.digested(), image);
  }

  void failInStream(String host, String error) {
    streamErrors.put(host, error);
  }

  void failBeforeStream(String host, String error) {
    earlyErrors.put(host, error);
  }

  Optional<SimulatedImage> find(String reference) {
    return Optional.ofNullable(present.get(withTag(reference)));
  }

  void load(SimulatedImage image) {
    present.put(image.tagged(), image);
  }

  /** Removes all names of the image that {@code reference} names, and returns what was done. */
  List<Map.Entry<String, String>> remove(String reference) {
    SimulatedImage image =
        find(reference)
            .orElseThrow(() -> new HyperdRefusal("No such image: " + withTag(reference)));
    present.values().removeIf(image::equals);
    return List.of(
        Map.entry("untaged", withTag(reference)),
        Map.entry("deleted", "sha256:" + image.id()),
        Map.entry("deleted", "sha256:" + HexIds.of("layer of " + image.id())));
  }

  /** Returns the lines of progress, the last of which may be an error. */
  List<String> pull(String imageName, String tag) {
    if (imageName.isEmpty()) {
      String error = "Get \"http:\": http: no Host in request URL";
      return List.of(status("Downloading from http:"), error(error));
    }
    String name = tag.isEmpty() ? imageName : imageName + ":" + tag;
    if (name.endsWith(":")) {
      throw new HyperdRefusal(
          "Error parsing reference: \"%s\" is not a valid repository/tag"
              .formatted(name.substring(0, name.length() - 1)));
    }
    if (!REFERENCE.matcher(name).matches()) {
      throw new HyperdRefusal(
          "Error parsing reference: \"%s\" is not a valid repository/tag: invalid reference format"
              .formatted(name));
    }
    String repository = repository(name);
    String host = host(repository);
    if (earlyErrors.containsKey(host)) {
      throw new HyperdRefusal(String.valueOf(earlyErrors.get(host)));
    }
    SimulatedImage image = published.get(withTag(name));
    String fullName = host.isEmpty() ? "docker.io/library/" + repository : repository;
    if (streamErrors.containsKey(host)) {
      return List.of(
          status("Pulling repository " + fullName),
          error("Error while pulling image: " + streamErrors.get(host)));
    }
    if (image == null && name.contains("@")) {
      throw new HyperdRefusal("manifest unknown: manifest unknown");
    }
    if (image == null) {
      return List.of(
          status("Pulling repository " + fullName),
          error("Error: image " + path(repository) + " not found"));
    }
    return pulled(name, image);
  }

  private List<String> pulled(String name, SimulatedImage image) {
    List<String> lines = new ArrayList<>();
    boolean isNew = !present.containsValue(image);
    if (name.contains("@")) {
      pullOne(name, image.digest(), image, isNew, lines);
    } else {
      pullOne(name, image.tag(), image, isNew, lines);
      if (!name.equals(image.repository())) {
        pullOne(image.digested(), image.digest(), image, false, lines);
      }
    }
    return lines;
  }

  private void pullOne(
      String name, String version, SimulatedImage image, boolean isNew, List<String> lines) {
    lines.add(status("Pulling from " + path(image.repository())).replace("}", id(version)));
    if (isNew) {
      String layer = id(image.id().substring(0, 12));
      lines.add("{\"status\":\"Pulling fs layer\",\"progressDetail\":{}" + layer);
      lines.add(
          "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":%d,\"total\":%d}%s"
              .formatted(LAYER_BYTES / 2, LAYER_BYTES, layer));
      lines.add("{\"status\":\"Pull complete\",\"progressDetail\":{}" + layer);
    }
    lines.add(status("Digest: " + image.digest()));
    boolean wasPresent = present.put(withTag(name), image) != null;
    lines.add(
        status(
            wasPresent
                ? "Status: Image is up to date for " + name
                : "Status: Downloaded newer image for " + name));
  }

  /** Puts a present image into its registry, and returns the lines of progress. */
  List<String> push(String repository, String tag) {
    String name = repository + ":" + tag;
    SimulatedImage image =
        find(name)
            .orElseThrow(
                () -> new HyperdRefusal("An image does not exist locally with the tag: " + name));
    publish(image);
    ObjectNode last = JsonNodeFactory.instance.objectNode();
    last.putObject("progressDetail");
    last.putObject("aux").put("Tag", tag).put("Digest", image.digest()).put("Size", MANIFEST_BYTES);
    return List.of(
        status("The push refers to a repository [" + repository + "]"),
        status("%s: digest: %s size: %d".formatted(tag, image.digest(), MANIFEST_BYTES)),
        last.toString());
  }

  /** Returns the tagged ones as {@code repository:tag:id:created:size}. */
  List<String> list(String filter) {
    return present.entrySet().stream()
        .filter(entry -> !entry.getKey().contains("@"))
        .filter(entry -> filter.isEmpty() || repository(entry.getKey()).equals(filter))
        .map(entry -> entry.getKey() + ":" + entry.getValue().id() + CREATED_AND_SIZE)
        .toList();
  }

  int count() {
    return (int) present.values().stream().distinct().count();
  }

  /** Returns the name a reference has in messages: with the tag it means. */
  static String withTag(String reference) {
    return reference.contains("@") || !repository(reference).equals(reference)
        ? reference
        : reference + ":latest";
  }

  private static String repository(String reference) {
    int digestAt = reference.indexOf('@');
    if (digestAt >= 0) {
      return reference.substring(0, digestAt);
    }
    int tagAt = reference.lastIndexOf(':');
    return tagAt > reference.lastIndexOf('/') ? reference.substring(0, tagAt) : reference;
  }

  private static String host(String repository) {
    int slash = repository.indexOf('/');
    return slash < 0 ? "" : repository.substring(0, slash);
  }

  private static String path(String repository) {
    return repository.substring(repository.indexOf('/') + 1);
  }

  private static String status(String text) {
    return JsonNodeFactory.instance.objectNode().put("status", text).toString();
  }

  private static String id(String id) {
    return ",\"id\":\"" + id + "\"}";
  }

  private static String error(String text) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.putObject("errorDetail").put("message", text);
    return line.put("error", text).toString();
  }
}
