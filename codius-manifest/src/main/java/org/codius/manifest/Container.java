package org.codius.manifest;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.ImmutableMap;
import java.util.List;
import java.util.Map;

/**
 * One container of a pod, as written in the manifest.
 *
 * @param id its name within the pod
 * @param image an image reference; {@link #imageReference()} parses it
 * @param command the program and its arguments, or empty for the image's own
 * @param workdir the folder it starts in, or empty for the image's own
 * @param environment name to literal or {@code $VARIABLE}, in the order of the original
 */
public record Container(
    String id,
    String image,
    List<String> command,
    String workdir,
    Map<String, String> environment) {

  public Container {
    requireNonNull(id, "id");
    requireNonNull(image, "image");
    command = List.copyOf(command);
    requireNonNull(workdir, "workdir");
    environment = ImmutableMap.copyOf(environment);
  }

  /** Returns the image, which {@link Rules#HOST} has found to be a reference. */
  public ImageReference imageReference() {
    return ImageReference.parse(image);
  }
}
