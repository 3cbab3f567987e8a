package org.codius.hyper;

import java.util.List;
import java.util.Map;

/** A pod to run: containers that share a network and a resource limit. */
public record PodSpec(PodId id, List<Container> containers, Resources resources) {

  public PodSpec {
    containers = List.copyOf(containers);
    if (containers.isEmpty()) {
      throw new IllegalArgumentException("containers: none (expected: at least one)");
    }
  }

  /**
   * One container.
   *
   * @param name unique in the pod
   * @param image as given to {@link PodDriver#pull}
   * @param command replaces the image's command if not empty
   * @param workdir replaces the image's working directory if not empty
   * @param environment added to the image's; may hold secrets
   */
  public record Container(
      String name,
      String image,
      List<String> command,
      String workdir,
      Map<String, String> environment) {

    public Container {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }

    /** Leaves the environment's values out: they may be private. */
    @Override
    public String toString() {
      return "Container[name=" + name + ", image=" + image + ", command=" + command + "]";
    }
  }

  /** What the whole pod may use. */
  public record Resources(int cpus, int memoryMib, int processes) {

    public Resources {
      if (cpus < 1 || memoryMib < 16 || processes < 1) {
        throw new IllegalArgumentException(
            "resources: %d cpus, %d MiB, %d processes (expected: at least 1, 16, 1)"
                .formatted(cpus, memoryMib, processes));
      }
    }
  }
}
