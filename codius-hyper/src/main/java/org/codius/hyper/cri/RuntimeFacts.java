package org.codius.hyper.cri;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableSet;
import java.util.Map;
import java.util.Set;

/**
 * What a containerd tells about its configuration, beyond CRI. Others tell nothing we understand.
 *
 * @param handlers the runtime handlers it has
 */
record RuntimeFacts(String snapshotter, Set<String> handlers) {

  private static final RuntimeFacts UNKNOWN = new RuntimeFacts("overlayfs", Set.of());
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param info the answer to a verbose status call
   */
  static RuntimeFacts parse(Map<String, String> info) {
    try {
      JsonNode containerd = JSON.readTree(info.getOrDefault("config", "{}")).path("containerd");
      return new RuntimeFacts(
          containerd.path("snapshotter").asText(UNKNOWN.snapshotter),
          ImmutableSet.copyOf(containerd.path("runtimes").fieldNames()));
    } catch (JsonProcessingException e) {
      return UNKNOWN; // CRI-O has no JSON there
    }
  }
}
