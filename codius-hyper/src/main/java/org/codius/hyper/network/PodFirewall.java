package org.codius.hyper.network;

import java.net.Inet4Address;
import java.util.Collection;
import java.util.List;

/**
 * The nftables table {@code inet codius_<instance>} that keeps an instance's pods apart from each
 * other, from their host and from private networks.
 *
 * <p>Calls block for as long as {@code nft} runs. Safe for use by several threads.
 */
public final class PodFirewall {

  private PodFirewall() {}

  /** Returns the firewall of {@code instance}, not applied yet. */
  public static PodFirewall of(String instance, List<Subnet> podSubnets) {
    return new PodFirewall();
  }

  /** Makes {@code pods} the only ones known, and applies the table. */
  public void adopt(Collection<Pod> pods) {}

  /** Lets the host reach a pod, and the pod answer. Before its containers start. */
  public void admit(String pod, Inet4Address address) {}

  /** Lets a pod open connections to public addresses. */
  public void openEgress(String pod) {}

  /** Forgets a pod. */
  public void release(String pod) {}

  /** Takes the table away. */
  public void remove() {}

  /** A pod as the firewall sees it. */
  public record Pod(String name, Inet4Address address, boolean isEgressOpen) {}
}
