package org.codius.hyper.network;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes the whole table for {@code nft -f}, which puts it in place of the old one in one step.
 *
 * <p>A packet is looked at in up to three places. {@code source}, before anything else: does it
 * come from the interface its address belongs to? {@code input}: is it for the host? {@code
 * forward}: is it for anybody else? The host's own packets to a pod pass none of these.
 */
final class Ruleset {

  /** Says in the table that IP forwarding was off before us. */
  static final String FORWARDING_MARK = "forwarding was off";

  /** Where a pod has no business: everything that is not a public unicast address (RFC 6890). */
  private static final List<String> PRIVATE =
      List.of(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/3");

  private Ruleset() {}

  /** A pod's interface on the host, and the one address it may send from. */
  record Entry(String interfaceName, String address, boolean isEgressOpen) {}

  static String render(
      String table, List<Subnet> subnets, Collection<Entry> pods, boolean isForwardingOurs) {
    List<Entry> open = pods.stream().filter(Entry::isEgressOpen).toList();
    return """
        add table inet %1$s
        delete table inet %1$s
        table inet %1$s {
        %2$s
          set interfaces {
            type ifname
            %3$s
          }
          set pods {
            type ifname . ipv4_addr
            %4$s
          }
          set egress {
            type ifname . ipv4_addr
            %5$s
          }
          set egress_addresses {
            type ipv4_addr
            %6$s
          }
          set subnets {
            type ipv4_addr
            flags interval
            %7$s
          }
          set private {
            type ipv4_addr
            flags interval
            %8$s
          }
          chain source {
            type filter hook prerouting priority raw; policy accept;
            iifname @interfaces meta nfproto ipv6 drop
            iifname @interfaces iifname . ip saddr != @pods drop
            iifname != "lo" ip saddr @subnets iifname . ip saddr != @pods drop
          }
          chain input {
            type filter hook input priority filter - 1; policy accept;
            iifname @interfaces ct state established,related accept
            iifname @interfaces drop
          }
          chain forward {
            type filter hook forward priority filter - 1; policy accept;
            oifname @interfaces meta nfproto ipv6 drop
            iifname @interfaces oifname @interfaces drop
            iifname @interfaces jump from_pod
            oifname @interfaces jump to_pod
            ip daddr @subnets drop
          }
          chain from_pod {
            ct state established,related accept
            ip daddr @private drop
            iifname . ip saddr != @egress drop
            tcp dport { 25, 465, 587 } reject with tcp reset
            accept
          }
          chain to_pod {
            ct state established,related accept
            drop
          }
          chain postrouting {
            type nat hook postrouting priority srcnat; policy accept;
            ip saddr @egress_addresses oifname != @interfaces masquerade
          }
        }
        """
        .formatted(
            table,
            isForwardingOurs ? "  comment \"" + FORWARDING_MARK + "\"" : "",
            elements(pods, pod -> quoted(pod.interfaceName())),
            elements(pods, pod -> quoted(pod.interfaceName()) + " . " + pod.address()),
            elements(open, pod -> quoted(pod.interfaceName()) + " . " + pod.address()),
            elements(open, Entry::address),
            elements(subnets, Subnet::toString),
            elements(PRIVATE, Function.identity()));
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }

  /** An empty list of elements is a syntax error to nft, so there is then none. */
  private static <T> String elements(Collection<T> items, Function<T, String> text) {
    return items.isEmpty()
        ? ""
        : items.stream().map(text).collect(Collectors.joining(", ", "elements = { ", " }"));
  }
}
