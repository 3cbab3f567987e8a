package org.codius.hyper;

/** What runs the pods: its name, version and how well it keeps them apart. */
public record RuntimeInfo(String name, String version, Isolation isolation) {

  /** What stands between a pod and its host, strongest first. */
  public enum Isolation {
    /** A kernel of the pod's own, in a virtual machine. */
    VM,
    /** A kernel of the pod's own, in user space. */
    KERNEL,
    /** The host's kernel, behind namespaces, cgroups and seccomp. */
    NAMESPACE
  }
}
