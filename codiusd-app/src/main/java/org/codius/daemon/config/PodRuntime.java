package org.codius.daemon.config;

import java.nio.file.Files;
import java.nio.file.Path;

/** What runs the pods. */
public sealed interface PodRuntime {

  /**
   * The strongest there is: hyperd if its socket is there and its open network is accepted, else a
   * containerd of our own.
   */
  record Auto(Hyperd hyperd) implements PodRuntime {

    /** Returns what it comes to on this machine, now. */
    public PodRuntime choose() {
      return hyperd.isOpenNetworkAccepted() && Files.exists(hyperd.socket())
          ? hyperd
          : new PrivateContainerd();
    }
  }

  /** A private containerd, started and kept by the daemon. */
  record PrivateContainerd() implements PodRuntime {}

  /**
   * A containerd or CRI-O that is there already.
   *
   * @param handler which of its runtime handlers runs the pods; empty for its default
   */
  record Cri(Path socket, String handler) implements PodRuntime {}

  /**
   * hyperd.
   *
   * @param isOpenNetworkAccepted whether pods may run although nothing keeps them apart on the
   *     bridge that hyperd puts them on
   */
  record Hyperd(Path socket, boolean isOpenNetworkAccepted) implements PodRuntime {}

  /** Reads which, and where it is; looks at nothing yet. */
  static PodRuntime from(Settings settings) {
    String driver = settings.text("CODIUS_DRIVER", "auto");
    Path criSocket = settings.path("CODIUS_CRI_SOCKET", "/run/containerd/containerd.sock");
    String handler = settings.text("CODIUS_CRI_HANDLER", "");
    Hyperd hyperd =
        new Hyperd(
            settings.path("CODIUS_HYPER_SOCKET", "/var/run/hyper.sock"),
            settings.flag("CODIUS_HYPER_OPEN_NETWORK"));
    return switch (driver) {
      case "auto" -> new Auto(hyperd);
      case "containerd" -> new PrivateContainerd();
      case "cri" -> new Cri(criSocket, handler);
      case "hyperd" -> hyperd;
      default -> {
        settings.wrong("CODIUS_DRIVER", driver, "auto, containerd, cri or hyperd");
        yield new Auto(hyperd);
      }
    };
  }
}
