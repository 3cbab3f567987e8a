package org.codius.daemon.config;

import java.nio.file.Path;
import org.codius.hyper.auto.AutoConfig;
import org.codius.hyper.cri.EmbeddedContainerdConfig;
import org.codius.hyper.hyperd.HyperdConfig;
import org.jspecify.annotations.Nullable;

/** What runs the pods. */
public sealed interface PodRuntime {

  /** Which runtimes work is the same for every host on the machine. */
  Path NOTES = Path.of("/var/cache/codius/runtimes");

  /** One of those that are there or that we can start, whatever works and isolates best. */
  sealed interface Choice extends PodRuntime {

    /**
     * Returns what there is to choose from.
     *
     * @param root where a private containerd lives
     */
    AutoConfig among(String instance, Path root, PodSources sources);
  }

  /**
   * Any there is.
   *
   * @param socket a runtime that counts even if it isolates no better than a containerd of our own;
   *     null if none is named
   */
  record Auto(@Nullable Path socket, Hyperd hyperd) implements Choice {

    @Override
    public AutoConfig among(String instance, Path root, PodSources sources) {
      AutoConfig all = AutoConfig.of(own(instance, root, sources), NOTES);
      AutoConfig named = socket == null ? all : all.withSocket(socket);
      return named.with(hyperd.config(instance, sources));
    }
  }

  /** A private containerd, started and kept by the daemon, with the best runtime under it. */
  record PrivateContainerd() implements Choice {

    @Override
    public AutoConfig among(String instance, Path root, PodSources sources) {
      return AutoConfig.of(own(instance, root, sources), NOTES).withoutSockets();
    }
  }

  /**
   * A containerd or CRI-O that is there already.
   *
   * @param handler which of its runtime handlers runs the pods; empty for its default
   */
  record Cri(Path socket, String handler) implements PodRuntime {}

  /**
   * hyperd.
   *
   * @param isOpenNetworkAccepted whether pods may run with nothing that keeps them apart, and of
   *     any image: for a hyperd that runs nobody's programs
   */
  record Hyperd(Path socket, boolean isOpenNetworkAccepted) implements PodRuntime {

    public HyperdConfig config(String instance, PodSources sources) {
      HyperdConfig config = HyperdConfig.of(socket, instance);
      return isOpenNetworkAccepted
          ? config.unguarded()
          : config.with(new HyperdConfig.Guard(sources.images(), sources.nameServers()));
    }
  }

  /** Reads which, and where it is; looks at nothing yet. */
  static PodRuntime from(Settings settings) {
    String driver = settings.text("CODIUS_DRIVER", "auto");
    Path socket =
        settings.text("CODIUS_CRI_SOCKET", "").isEmpty()
            ? null
            : settings.path("CODIUS_CRI_SOCKET", "");
    String handler = settings.text("CODIUS_CRI_HANDLER", "");
    Hyperd hyperd =
        new Hyperd(
            settings.path("CODIUS_HYPER_SOCKET", HyperdConfig.SOCKET.toString()),
            settings.flag("CODIUS_HYPER_OPEN_NETWORK"));
    return switch (driver) {
      case "auto" -> new Auto(socket, hyperd);
      case "containerd" -> new PrivateContainerd();
      case "cri" -> new Cri(socket == null ? AutoConfig.USUAL_SOCKETS.get(0) : socket, handler);
      case "hyperd" -> hyperd;
      default -> {
        settings.wrong("CODIUS_DRIVER", driver, "auto, containerd, cri or hyperd");
        yield new Auto(socket, hyperd);
      }
    };
  }

  private static EmbeddedContainerdConfig own(String instance, Path root, PodSources sources) {
    return EmbeddedContainerdConfig.of(instance, root)
        .with(sources.images(), sources.nameServers());
  }
}
