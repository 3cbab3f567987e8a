package org.codius.hyper.network;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;

/**
 * Writes the whole table for {@code nft -f}, which puts it in place of the old one in one step.
 *
 * @param marks what the table is to remember, see {@link Forwarding#mark}
 * @param subnets where pods' addresses come from
 * @param resolvers whom pods may ask for names
 * @param shut more interfaces to take for pods', at which no address is a pod's
 */
record Ruleset(
    String table,
    List<String> marks,
    List<Subnet> subnets,
    List<InetAddress> resolvers,
    Collection<Entry> pods,
    Collection<String> shut) {

  /** One address of a pod, the interface it is behind, and whether its egress is open. */
  record Entry(String pod, String interfaceName, InetAddress address, boolean isEgressOpen) {

    boolean isIpv4() {
      return address instanceof Inet4Address;
    }

    Entry withEgress() {
      return new Entry(pod, interfaceName, address, true);
    }

    /** As an element of a set of interfaces with addresses. */
    String element() {
      return quoted(interfaceName) + " . " + InetAddresses.toAddrString(address);
    }
  }

  String render() {
    StringBuilder text = new StringBuilder();
    text.append(
        "add table inet %1$s\ndelete table inet %1$s\ntable inet %1$s {\n".formatted(table));
    if (!marks.isEmpty()) {
      text.append("  comment \"").append(String.join(", ", marks)).append("\"\n");
    }
    List<Entry> four = pods.stream().filter(Entry::isIpv4).toList();
    List<Entry> six = pods.stream().filter(entry -> !entry.isIpv4()).toList();
    List<Entry> openFour = four.stream().filter(Entry::isEgressOpen).toList();
    List<Entry> openSix = six.stream().filter(Entry::isEgressOpen).toList();
    set(text, "interfaces", "ifname", "", interfaces(), Ruleset::quoted);
    set(text, "interfaces6", "ifname", "", six, entry -> quoted(entry.interfaceName()));
    set(text, "pods4", "ifname . ipv4_addr", "", four, Entry::element);
    set(text, "pods6", "ifname . ipv6_addr", "", six, Entry::element);
    set(text, "egress4", "ifname . ipv4_addr", "", openFour, Entry::element);
    set(text, "egress6", "ifname . ipv6_addr", "", openSix, Entry::element);
    set(text, "sources4", "ipv4_addr", "", openFour, Ruleset::address);
    set(text, "sources6", "ipv6_addr", "", openSix, Ruleset::address);
    set(text, "resolvers4", "ipv4_addr", "", resolvers(true), InetAddresses::toAddrString);
    set(text, "resolvers6", "ipv6_addr", "", resolvers(false), InetAddresses::toAddrString);
    set(text, "subnets4", "ipv4_addr", "flags interval", subnets, Subnet::toString);
    set(
        text,
        "private4",
        "ipv4_addr",
        "flags interval",
        PublicAddresses.NOT_PUBLIC_4,
        AddressRange::toString);
    set(
        text,
        "private6",
        "ipv6_addr",
        "flags interval",
        PublicAddresses.NOT_PUBLIC_6,
        AddressRange::toString);
    for (NetworkPolicy.Chain chain : NetworkPolicy.Chain.values()) {
      text.append("  chain ").append(chain.id()).append(" {\n");
      if (!chain.hook().isEmpty()) {
        text.append("    ").append(chain.hook()).append('\n');
      }
      NetworkPolicy.of(chain).forEach(rule -> text.append("    ").append(rule.nft()).append('\n'));
      text.append("  }\n");
    }
    return text.append(
            """
              chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                ip saddr @sources4 oifname != @interfaces masquerade
                ip6 saddr @sources6 oifname != @interfaces masquerade
              }
            }
            """)
        .toString();
  }

  private Set<String> interfaces() {
    Set<String> interfaces = new TreeSet<>(shut);
    pods.forEach(entry -> interfaces.add(entry.interfaceName()));
    return interfaces;
  }

  /** Fails unless all of it is in the table as nft lists it. */
  void requireIn(String listed) {
    for (NetworkPolicy.Chain chain : NetworkPolicy.Chain.values()) {
      long rules = Nftables.rules(listed, chain.id());
      if (rules != NetworkPolicy.of(chain).size()) {
        throw new PodDriverException(
            Reason.FIREWALL_FAILED,
            "apply firewall: chain %s has %d rules instead of %d"
                .formatted(chain.id(), rules, NetworkPolicy.of(chain).size()));
      }
    }
    List<String> elements = new ArrayList<>(interfaces().stream().map(Ruleset::quoted).toList());
    pods.forEach(entry -> elements.add(entry.element()));
    for (String element : elements) {
      if (!listed.contains(element)) {
        throw new PodDriverException(
            Reason.FIREWALL_FAILED, "apply firewall: " + element + " is missing in it");
      }
    }
  }

  /** An empty list of elements is a syntax error to nft, so there is then none. */
  static <T> void set(
      StringBuilder text,
      String name,
      String type,
      String flags,
      Collection<T> items,
      Function<T, String> element) {
    text.append("  set ").append(name).append(" {\n    type ").append(type).append('\n');
    if (!flags.isEmpty()) {
      text.append("    ").append(flags).append('\n');
    }
    if (!items.isEmpty()) {
      text.append(
          items.stream()
              .map(element)
              .distinct()
              .collect(Collectors.joining(", ", "    elements = { ", " }\n")));
    }
    text.append("  }\n");
  }

  static String quoted(String name) {
    return '"' + name + '"';
  }

  private static String address(Entry entry) {
    return InetAddresses.toAddrString(entry.address());
  }

  private List<InetAddress> resolvers(boolean isFour) {
    return resolvers.stream().filter(each -> each instanceof Inet4Address == isFour).toList();
  }
}
