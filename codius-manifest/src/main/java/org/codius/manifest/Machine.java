package org.codius.manifest;

import static java.util.Objects.requireNonNull;

/** The name of a size of machine. What it means, and whether it is sold, the host decides. */
public record Machine(String name) {

  /** The original's only machine, and the one of a manifest that names none. */
  public static final Machine SMALL = new Machine("small");

  public Machine {
    requireNonNull(name, "name");
  }

  @Override
  public String toString() {
    return name;
  }
}
