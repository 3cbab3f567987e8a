package org.codius.hyper.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image's manifest, or an index of manifests for several platforms (OCI image specification 1.1,
 * Docker image manifest version 2, schema 2).
 */
final class ImageManifest {

  /** What a registry is asked for. */
  static final List<String> MEDIA_TYPES =
      List.of(
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json",
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.v2+json");

  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern DIGEST = Pattern.compile("sha256:[a-f0-9]{64}");

  private final byte[] bytes;
  private final String mediaType;
  private final JsonNode json;

  private ImageManifest(byte[] bytes, String mediaType, JsonNode json) {
    this.bytes = bytes;
    this.mediaType = mediaType;
    this.json = json;
  }

  /**
   * Reads a manifest.
   *
   * @param statedType the registry's word for what it is; the manifest's own comes first
   */
  static ImageManifest parse(byte[] bytes, String statedType) throws IOException {
    JsonNode json;
    try {
      json = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new IOException("a manifest that is no JSON"); // the cause would quote it
    }
    if (json == null || !json.isObject()) {
      throw new IOException("a manifest that is no JSON object");
    }
    String type = json.path("mediaType").asText(statedType.replaceFirst(";.*", "").strip());
    if (!MEDIA_TYPES.contains(type) || json.has("manifests") == json.has("layers")) {
      throw new IOException("a manifest of a kind we do not know: " + ImageName.shown(type));
    }
    ImageManifest manifest = new ImageManifest(bytes, type, json);
    for (JsonNode descriptor : manifest.descriptors()) {
      requireDescriptor(descriptor);
    }
    if (!manifest.isIndex()) {
      requireDescriptor(json.path("config"));
    }
    return manifest;
  }

  /** A runtime would fetch from a descriptor's {@code urls} by itself, wherever they point. */
  private static void requireDescriptor(JsonNode descriptor) throws IOException {
    if (!descriptor.path("urls").isEmpty()) {
      throw new NotAllowedException("a manifest that sends us elsewhere for its parts");
    }
    JsonNode size = descriptor.path("size");
    if (!DIGEST.matcher(descriptor.path("digest").asText()).matches()
        || !size.isIntegralNumber()
        || !size.canConvertToLong()
        || size.asLong() < 0) {
      throw new IOException("a manifest with a part that has no digest or size");
    }
  }

  /** Returns it as the registry sent it: its digest is that of these bytes. Not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  String mediaType() {
    return mediaType;
  }

  boolean isIndex() {
    return json.has("manifests");
  }

  /** Returns the index's manifests, or the image's layers. */
  private JsonNode descriptors() {
    return json.path(isIndex() ? "manifests" : "layers");
  }

  int layers() {
    return json.path("layers").size();
  }

  String configDigest() {
    return json.path("config").path("digest").asText();
  }

  /** Returns the size of each part of an image: its configuration and its layers. */
  Map<String, Long> parts() {
    Map<String, Long> parts = new HashMap<>();
    for (JsonNode layer : json.path("layers")) {
      parts.put(layer.path("digest").asText(), layer.path("size").asLong());
    }
    JsonNode config = json.path("config");
    parts.put(config.path("digest").asText(), config.path("size").asLong());
    return parts;
  }

  /** Returns how much there is to download; the largest number if it is more than that. */
  long compressedBytes() {
    long sum = json.path("config").path("size").asLong();
    for (JsonNode layer : json.path("layers")) {
      sum += layer.path("size").asLong();
      if (sum < 0) {
        return Long.MAX_VALUE;
      }
    }
    return sum;
  }

  /** Returns the digest of an index's manifest for Linux on {@code architecture}. */
  Optional<String> digestFor(String architecture) {
    for (JsonNode manifest : json.path("manifests")) {
      JsonNode platform = manifest.path("platform");
      if (platform.path("os").asText().equals("linux")
          && platform.path("architecture").asText().equals(architecture)) {
        return Optional.of(manifest.path("digest").asText());
      }
    }
    return Optional.empty();
  }
}
