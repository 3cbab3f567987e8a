package org.codius.daemon.lease;

import java.util.regex.Pattern;
import org.codius.hyper.PodSpec;
import org.codius.manifest.Machine;

/**
 * A size that pods are sold in. A manifest asks for it by its {@code machine}.
 *
 * @param name as in a manifest: lowercase letters, digits and {@code -}
 * @param resources what a pod of it may use at most
 */
public record PodClass(String name, PodSpec.Resources resources) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  /** As in the original, 1 CPU and 512 MiB; what a manifest gets that names none. */
  public static final PodClass SMALL =
      new PodClass(Machine.SMALL.name(), new PodSpec.Resources(1, 512, 512, 1024));

  public PodClass {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "class: \"" + name + "\" (expected: 1 to 32 of a-z, 0-9, - after a letter)");
    }
  }
}
