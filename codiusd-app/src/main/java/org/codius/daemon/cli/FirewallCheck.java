package org.codius.daemon.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.codius.daemon.config.DaemonConfig;
import org.codius.daemon.config.PodRuntime;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.network.PodFirewall;

/**
 * Applies the pods' firewall, to a table of its own, and sends packets to see that it holds.
 * Nothing of it is left.
 */
final class FirewallCheck {

  private static final String CHECK = "firewall";
  private static final String INSTANCE = "doctor";

  private FirewallCheck() {}

  /**
   * Returns what was found. Blocks for some seconds.
   *
   * @param progress is told what is done
   */
  static Finding look(DaemonConfig config, Consumer<String> progress) {
    if (config.runtime() instanceof PodRuntime.Hyperd hyperd && hyperd.isOpenNetworkAccepted()) {
      return Finding.warning(
          CHECK,
          "off, as CODIUS_HYPER_OPEN_NETWORK says",
          "Unset it, unless nobody else's programs run here.");
    }
    if (!SystemPackages.isRoot()) {
      return Finding.warning(
          CHECK, "not tried: only root can", "sudo " + Program.name() + " doctor");
    }
    progress.accept("sending packets through the pods' firewall");
    PodFirewall firewall = PodFirewall.of(INSTANCE, List.of(), config.sources().nameServers());
    try {
      var unused = firewall.adopt(List.of());
      return finding(firewall.verify());
    } catch (PodDriverException e) {
      return Finding.problem(
          CHECK,
          e.getMessage(),
          "Without it no pod is run. It needs the packages nftables, iproute2 and util-linux, and a"
              + " kernel with nf_tables; docs/network-policy.md tells what is tried.");
    } finally {
      remove(firewall);
    }
  }

  private static Finding finding(Optional<String> obstacle) {
    return obstacle
        .map(
            words ->
                Finding.warning(
                    CHECK,
                    "it holds, but pods do not reach the internet: " + words,
                    "Let what is forwarded for pods through."))
        .orElseGet(
            () ->
                Finding.ok(
                    CHECK,
                    "it holds: of the packets sent, only those of a paid pod to the internet and"
                        + " ours to pods got there"));
  }

  /** Removes what was tried, also after Ctrl-C. */
  private static void remove(PodFirewall firewall) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      firewall.remove();
    } catch (PodDriverException e) {
      // what kept it from being applied keeps it from being removed; that is said already
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
