package org.codius.hyper;

import java.util.Set;

/** What runs the pods: its name, version, how well it keeps them apart and what else it can do. */
public record RuntimeInfo(String name, String version, Isolation isolation, Set<Feature> features) {

  public RuntimeInfo {
    features = Set.copyOf(features);
  }

  /** Returns whether it can do {@code feature}. */
  public boolean has(Feature feature) {
    return features.contains(feature);
  }

  /** What stands between a pod and its host, strongest first. */
  public enum Isolation {
    /** A kernel of the pod's own, in a virtual machine. */
    VM,
    /** A kernel of the pod's own, in user space. */
    KERNEL,
    /** The host's kernel, behind namespaces, cgroups and seccomp. */
    NAMESPACE
  }

  /** What not every runtime can do. */
  public enum Feature {
    /** {@link PodDriver#stats}. */
    STATS,
    /** {@link PodDriver#exec}. */
    EXEC,
    /** Egress that is closed until opened; without it, it is open from the start. */
    EGRESS_CONTROL,
    /** {@link ImageLimits} that are kept. */
    IMAGE_LIMITS,
    /** Limits of single containers, {@link PodSpec.Container#limits}. */
    CONTAINER_LIMITS,
    /** A limit of the pod's disk, {@link PodSpec.Resources#diskMib}. */
    DISK_LIMIT,
    /** Containers that are started again, {@link PodSpec.RestartPolicy}. */
    RESTARTS,
    /** Users of a container that are nobody on the host; seen, not only asked for. */
    USER_NAMESPACES
  }
}
