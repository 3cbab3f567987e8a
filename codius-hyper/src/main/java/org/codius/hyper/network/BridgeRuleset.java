package org.codius.hyper.network;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Set;

/**
 * Writes the table that keeps pods apart that share a bridge, where packets pass from port to port
 * without the host's IP layer seeing them.
 *
 * <p>Nothing is forwarded between two ports of such a bridge, nor between a pod's and one that came
 * later. And a port speaks only with the MAC and IP address of the pod behind it, in ARP too: else
 * a pod could take over another's address.
 *
 * @param ports all ports of the pods' bridges
 * @param bindings what is known to be behind which port
 */
record BridgeRuleset(String table, Set<String> ports, Collection<Binding> bindings) {

  /** A pod's port of a bridge, and all that it may call itself. */
  record Binding(String port, String mac, InetAddress address) {}

  /** Without any port there is no such table. */
  String render() {
    String removal = "add table bridge %1$s\ndelete table bridge %1$s\n".formatted(table);
    if (ports.isEmpty()) {
      return removal;
    }
    StringBuilder text = new StringBuilder(removal);
    text.append("table bridge %s {\n".formatted(table));
    Ruleset.set(text, "ports", "ifname", "", ports, Ruleset::quoted);
    Ruleset.set(text, "bound", "ifname", "", bindings, each -> Ruleset.quoted(each.port()));
    Ruleset.set(
        text,
        "macs",
        "ifname . ether_addr",
        "",
        bindings,
        each -> Ruleset.quoted(each.port()) + " . " + each.mac());
    Ruleset.set(
        text,
        "pods",
        "ifname . ipv4_addr",
        "",
        bindings,
        each -> Ruleset.quoted(each.port()) + " . " + InetAddresses.toAddrString(each.address()));
    Ruleset.set(
        text,
        "addresses",
        "ipv4_addr",
        "",
        bindings,
        each -> InetAddresses.toAddrString(each.address()));
    return text.append(
            """
              chain source {
                type filter hook prerouting priority -300; policy accept;
                iifname @bound iifname . ether saddr != @macs drop
                iifname @bound ether type arp iifname . arp saddr ip != @pods drop
                iifname @bound ether type ip iifname . ip saddr != @pods drop
                iifname @bound ether type != { ip, arp } drop
                iifname @bound accept
                iifname @ports ether type arp arp saddr ip @addresses drop
                iifname @ports ether type ip ip saddr @addresses drop
              }
              chain forward {
                type filter hook forward priority -200; policy accept;
                iifname @ports oifname @ports drop
                iifname @bound drop
                oifname @bound drop
              }
            }
            """)
        .toString();
  }
}
