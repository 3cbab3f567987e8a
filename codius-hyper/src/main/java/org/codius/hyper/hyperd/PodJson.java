package org.codius.hyper.hyperd;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.codius.hyper.PodId;
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
   */
  static ObjectNode of(PodSpec spec) {
    ObjectNode pod = Json.object().put("id", spec.id().toString());
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

  /** Returns the body of a pod that takes over a container which no pod has. */
  static ObjectNode adopting(PodId id, LeakedContainer leaked, String image) {
    ObjectNode pod = Json.object().put("id", id.toString());
    pod.putArray("containers")
        .addObject()
        .put("id", leaked.containerId())
        .put("name", leaked.name())
        .put("image", HyperdImage.of(image));
    return pod;
  }
}
