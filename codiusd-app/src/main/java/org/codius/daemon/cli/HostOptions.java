package org.codius.daemon.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.codius.daemon.config.ConfigSource;
import org.codius.daemon.config.DaemonConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which host of this machine it is about, and how that is set up. */
final class HostOptions {

  private final Map<String, String> flags = new HashMap<>();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A file with settings, KEY=value lines. The same as CODIUS_CONFIG.")
  private @Nullable String file;

  @Option(
      names = "--root",
      paramLabel = "FOLDER",
      description = "The host's data folder. The same as CODIUS_ROOT; default /var/lib/codius.")
  private @Nullable Path root;

  /** Sets what another flag stands for. */
  void set(String key, String value) {
    flags.put(key, value);
  }

  List<ConfigSource> sources() {
    if (file != null) {
      set("CODIUS_CONFIG", file);
    }
    if (root != null) {
      set("CODIUS_ROOT", root.toAbsolutePath().normalize().toString());
    }
    return DaemonConfig.sources(flags, System.getenv());
  }

  DaemonConfig config() {
    return DaemonConfig.from(sources());
  }
}
