package org.codius.daemon.cli;

import java.nio.file.Path;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.client.StateFile;
import org.codius.manifest.ManifestHash;

/** What a person calls a pod: its manifest hash, or the file it was uploaded from. */
final class PodName {

  private PodName() {}

  /** Returns the hash that {@code name} is, or that {@code state} remembers. */
  static ManifestHash resolve(String name, StateFile state) {
    return ManifestHash.parse(name)
        .or(state::manifestHash)
        .orElseThrow(() -> unknown(name, state.path()));
  }

  private static ClientException unknown(String name, Path state) {
    return new ClientException(
        "'" + name + "' is no manifest hash, and " + state + " remembers no upload of it",
        "Name the pod by its 52 characters, or by the file it was uploaded from.");
  }
}
