package org.codius.hyper.hyperd;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.codius.hyper.PodSpec;

/** Writes pods as hyperd reads them ({@code UserPod} of its {@code types.proto}). */
final class PodJson {

  private PodJson() {}

  /**
   * Returns the body that creates {@code spec}.
   *
   * <p>Numbers are numbers: hyperd refuses {@code "1"} and {@code 1.0}. A container has each
   * variable once: hyperd refuses a second one, which a map cannot hold. No terminal, or the logs
   * would have no frames. No ports: hyperd's network reaches all of them, and it fails on any
   * protocol named there.
   *
   * @param nameServers by their addresses; if none, hyperd gives pods those of the host
   */
  static ObjectNode of(PodSpec spec, List<String> nameServers) {
    ObjectNode pod = Json.object().put("id", spec.id().toString());
    if (!nameServers.isEmpty()) {
      nameServers.forEach(pod.putArray("dns")::add);
    }
    pod.putObject("resource")
        .put("vcpu", spec.resources().cpus())
        .put("memory", spec.resources().memoryMib());
    ArrayNode containers = pod.putArray("containers");
    for (PodSpec.Container container : spec.containers()) {
      ObjectNode node =
          containers
              .addObject()
              .put("name", PodInfo.containerPrefix(spec.id()) + container.name())
              .put("image", HyperdImage.of(container.image()));
      if (!container.workdir().isEmpty()) {
        node.put("workdir", container.workdir());
      }
      if (!container.command().isEmpty()) {
        ArrayNode command = node.putArray("command");
        container.command().forEach(command::add);
      }
      ArrayNode variables = node.putArray("envs");
      container
          .environment()
          .forEach((name, value) -> variables.addObject().put("env", name).put("value", value));
    }
    return pod;
  }

  /**
   * Returns the body of a pod with the containers of {@code spec} that takes over those whose ids
   * are given by name. They come first, so that what they are is settled before others fail.
   */
  static ObjectNode adopting(PodSpec spec, Map<String, String> adopted) {
    ObjectNode pod = Json.object().put("id", spec.id().toString());
    ArrayNode first = pod.putArray("containers");
    ArrayNode others = JsonNodeFactory.instance.arrayNode();
    for (PodSpec.Container container : spec.containers()) {
      String name = PodInfo.containerPrefix(spec.id()) + container.name();
      ObjectNode node = Json.object().put("name", name);
      node.put("image", HyperdImage.of(container.image()));
      if (adopted.containsKey(name)) {
        first.add(node.put("id", adopted.get(name)));
      } else {
        others.add(node);
      }
    }
    first.addAll(others);
    return pod;
  }
}
