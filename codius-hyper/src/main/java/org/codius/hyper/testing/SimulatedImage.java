package org.codius.hyper.testing;

import java.util.List;
import java.util.Map;

/**
 * An image a {@link HyperdSimulator} can pull.
 *
 * @param repository such as {@code 127.0.0.1:5000/web}; without a host it is Docker Hub's
 * @param digest such as {@code sha256:…}
 * @param command entry point and arguments
 */
public record SimulatedImage(
    String repository,
    String tag,
    String digest,
    List<String> command,
    String workdir,
    Map<String, String> environment) {

  public SimulatedImage {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /** Returns an image that has a shell and nothing else to say. */
  public static SimulatedImage of(String repository, String tag, String digest) {
    return new SimulatedImage(repository, tag, digest, List.of("sh"), "/", Map.of("PATH", "/bin"));
  }

  /** Returns {@code repository:tag}. */
  public String tagged() {
    return repository + ":" + tag;
  }

  /** Returns {@code repository@digest}. */
  public String digested() {
    return repository + "@" + digest;
  }

  /** Returns the id of its configuration, as 64 hexadecimal digits. */
  String id() {
    return HexIds.of(digested());
  }
}
