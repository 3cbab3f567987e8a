package org.codius.hyper;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A pod to run: containers that share a network and a resource limit.
 *
 * @param egress whether it may reach public addresses from its start, as after {@link
 *     PodDriver#openEgress}
 */
public record PodSpec(
    PodId id,
    List<Container> containers,
    Resources resources,
    RestartPolicy restartPolicy,
    boolean egress) {

  public PodSpec {
    containers = List.copyOf(containers);
    if (containers.isEmpty()) {
      throw new IllegalArgumentException("containers: none (expected: at least one)");
    }
    Set<String> names = new HashSet<>();
    for (Container container : containers) {
      if (!names.add(container.name())) {
        throw new IllegalArgumentException(
            "container name: \"" + container.name() + "\" twice (expected: unique in the pod)");
      }
    }
  }

  /** A pod without egress whose containers are not started again. */
  public PodSpec(PodId id, List<Container> containers, Resources resources) {
    this(id, containers, resources, RestartPolicy.NEVER, false);
  }

  /**
   * One container.
   *
   * @param name unique in the pod; letters, digits, {@code _ . -}
   * @param image as given to {@link PodDriver#pull}
   * @param command replaces the image's command if not empty
   * @param workdir replaces the image's working directory if not empty
   * @param environment added to the image's; may hold secrets
   * @param limits what it may use of the pod's resources at most
   */
  public record Container(
      String name,
      String image,
      List<String> command,
      String workdir,
      Map<String, String> environment,
      Resources limits) {

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_.-]{1,128}");
    private static final Pattern VARIABLE = Pattern.compile("[^=\0]+");

    public Container {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
      if (!NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "container name: \"" + name + "\" (expected: 1 to 128 of a-z, A-Z, 0-9, _ . -)");
      }
      environment.forEach(
          (variable, value) -> {
            if (!VARIABLE.matcher(variable).matches()) {
              throw new IllegalArgumentException(
                  "variable of container %s: \"%s\" (expected: no = in it and not empty)"
                      .formatted(name, variable));
            }
            checkText("value of variable " + variable + " of container " + name, value);
          });
      command.forEach(word -> checkText("command of container " + name, word));
      checkText("working directory of container " + name, workdir);
    }

    /** A container that may use all that its pod may. */
    public Container(
        String name,
        String image,
        List<String> command,
        String workdir,
        Map<String, String> environment) {
      this(name, image, command, workdir, environment, Resources.UNLIMITED);
    }

    private static void checkText(String what, String text) {
      if (text.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(what + ": a NUL in it (expected: none)");
      }
    }

    /** Leaves the environment's values out: they may be private. */
    @Override
    public String toString() {
      return "Container[name=" + name + ", image=" + image + ", command=" + command + "]";
    }
  }

  /**
   * What a pod or container may use.
   *
   * @param diskMib for writable layers and logs
   */
  public record Resources(int cpus, int memoryMib, int processes, int diskMib) {

    /** No limit but that of what it is part of. */
    public static final Resources UNLIMITED =
        new Resources(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

    public Resources {
      if (cpus < 1 || memoryMib < 16 || processes < 1 || diskMib < 1) {
        throw new IllegalArgumentException(
            "resources: %d cpus, %d MiB, %d processes, %d MiB disk (expected: at least 1, 16, 1, 1)"
                .formatted(cpus, memoryMib, processes, diskMib));
      }
    }
  }

  /** When a container that ended is started again, after a pause that grows. */
  public enum RestartPolicy {
    NEVER,
    /** When its exit code is not 0. */
    ON_FAILURE,
    ALWAYS;

    /** Returns whether a container that ended with {@code exitCode} is started again. */
    public boolean restartsAfter(int exitCode) {
      return this == ALWAYS || (this == ON_FAILURE && exitCode != 0);
    }
  }
}
