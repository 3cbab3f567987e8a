package org.codius.hyper.network;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.network.BridgeRuleset.Binding;
import org.codius.hyper.network.Ruleset.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Where a pod is on its host.
 *
 * @param entries its addresses, each with the interface it is behind
 * @param binding its port, if that interface is a bridge
 */
record PodPlace(List<Entry> entries, @Nullable Binding binding) {

  PodPlace {
    entries = List.copyOf(entries);
  }

  /**
   * Finds out where {@code pod} is; if it is on a bridge, by asking for it there.
   *
   * @throws PodDriverException if that cannot be told
   */
  static PodPlace find(PodFirewall.Pod pod) {
    if (pod.addresses().isEmpty()) {
      throw unknown(pod.name(), "its address is not known", null);
    }
    List<Entry> entries = new ArrayList<>();
    Binding binding = null;
    try {
      for (InetAddress address : pod.addresses()) {
        Optional<String> own = HostRoutes.interfaceOf(address);
        if (own.isEmpty()) {
          Bridge bridge = bridgeOf(pod.name(), address);
          binding = port(pod.name(), bridge, address);
          own = Optional.of(bridge.name());
        }
        entries.add(new Entry(pod.name(), own.get(), address, pod.isEgressOpen()));
      }
    } catch (IOException e) {
      throw unknown(pod.name(), String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unknown(pod.name(), "interrupted", e);
    }
    return new PodPlace(entries, binding);
  }

  private static Bridge bridgeOf(String pod, InetAddress address) throws IOException {
    Optional<String> name =
        address instanceof Inet4Address four ? HostRoutes.bridgeOf(four) : Optional.empty();
    return new Bridge(
        name.orElseThrow(
            () ->
                unknown(
                    pod,
                    InetAddresses.toAddrString(address)
                        + " has neither an interface of its own on the host nor a place on a bridge",
                    null)));
  }

  private static Binding port(String pod, Bridge bridge, InetAddress address)
      throws IOException, InterruptedException {
    return bridge
        .find(address)
        .orElseThrow(
            () ->
                unknown(
                    pod,
                    "nobody on " + bridge.name() + " has " + InetAddresses.toAddrString(address),
                    null));
  }

  static PodDriverException unknown(String pod, String reason, @Nullable Exception cause) {
    String message = "keep pod " + pod + " apart: " + reason;
    return cause == null
        ? new PodDriverException(Reason.FIREWALL_FAILED, message)
        : new PodDriverException(Reason.FIREWALL_FAILED, message, cause);
  }
}
