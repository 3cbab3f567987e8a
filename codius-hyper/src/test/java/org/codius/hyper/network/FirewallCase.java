package org.codius.hyper.network;

import java.util.List;

/**
 * One row of the isolation table in {@code docs/network-policy.md}.
 *
 * @param target {@code tcp} or {@code udp}, an address, and a port after the last colon
 */
record FirewallCase(String who, String target, String says, String expected) {

  static final String CONNECTED = "reached";
  static final String REFUSED = "refused";
  static final String BLOCKED = "blocked";

  /** Who takes others' addresses, after everybody else has tried. */
  static final List<String> FORGERS = List.of("forger", "thief");

  /** Who tries what, and what is to become of it. */
  static final List<FirewallCase> ALL =
      List.of(
          new FirewallCase("paid", "tcp 10.167.16.17:9", "pod → pod, IPv4", BLOCKED),
          new FirewallCase("paid", "tcp fd77::17:9", "pod → pod, IPv6", BLOCKED),
          new FirewallCase("paid", "udp 10.167.16.17:9", "pod → pod, UDP", BLOCKED),
          new FirewallCase("paid", "tcp 10.167.16.1:9", "pod → its gateway", BLOCKED),
          new FirewallCase("paid", "tcp fd77::1:9", "pod → its gateway, IPv6", BLOCKED),
          new FirewallCase(
              "paid", "tcp 198.18.7.1:9", "pod → another address of the host", BLOCKED),
          new FirewallCase(
              "paid", "tcp fd78::1:9", "pod → another address of the host, IPv6", BLOCKED),
          new FirewallCase("paid", "tcp 169.254.77.68:7768", "pod → the ILP port", CONNECTED),
          new FirewallCase(
              "unpaid", "tcp 169.254.77.68:7768", "unpaid pod → the ILP port", CONNECTED),
          new FirewallCase("paid", "tcp 169.254.77.68:9", "pod → another port there", BLOCKED),
          new FirewallCase("lan", "tcp 169.254.77.68:7768", "the LAN → the ILP port", BLOCKED),
          new FirewallCase("paid", "tcp 169.254.169.254:80", "pod → metadata", BLOCKED),
          new FirewallCase("paid", "tcp fd00:ec2::254:80", "pod → metadata, IPv6", BLOCKED),
          new FirewallCase("paid", "tcp 10.99.0.44:80", "pod → 10.0.0.0/8", BLOCKED),
          new FirewallCase("paid", "tcp 172.20.0.44:80", "pod → 172.16.0.0/12", BLOCKED),
          new FirewallCase("paid", "tcp 192.168.5.44:80", "pod → 192.168.0.0/16", BLOCKED),
          new FirewallCase("paid", "tcp 100.64.0.44:80", "pod → carrier-grade NAT", BLOCKED),
          new FirewallCase("paid", "tcp fd12::44:80", "pod → unique local addresses", BLOCKED),
          new FirewallCase("paid", "tcp 64:ff9b::a63:2c:80", "pod → 10.99.0.44 by NAT64", BLOCKED),
          new FirewallCase("paid", "tcp 2002:a63:2c::1:80", "pod → 10.99.0.44 by 6to4", BLOCKED),
          new FirewallCase("paid", "udp 224.0.0.251:5353", "pod → multicast", BLOCKED),
          new FirewallCase("paid", "tcp 11.99.0.44:80", "pod → public, IPv4", CONNECTED),
          new FirewallCase("paid", "tcp 2606:4700::44:80", "pod → public, IPv6", CONNECTED),
          new FirewallCase("paid", "udp 11.99.0.44:9", "pod → public, UDP", CONNECTED),
          new FirewallCase("unpaid", "tcp 11.99.0.44:80", "unpaid pod → public, IPv4", BLOCKED),
          new FirewallCase("unpaid", "tcp 2606:4700::44:80", "unpaid pod → public, IPv6", BLOCKED),
          new FirewallCase("paid", "tcp 11.99.0.44:25", "pod → mail, 25", REFUSED),
          new FirewallCase("paid", "tcp 11.99.0.44:465", "pod → mail, 465", REFUSED),
          new FirewallCase("paid", "tcp 2606:4700::44:587", "pod → mail, 587, IPv6", REFUSED),
          new FirewallCase("paid", "tcp 11.99.0.44:5060", "pod → telephony, 5060", BLOCKED),
          new FirewallCase("paid", "udp 11.99.0.44:5061", "pod → telephony, 5061, UDP", BLOCKED),
          new FirewallCase("paid", "udp 1.1.1.1:53", "pod → its resolver", CONNECTED),
          new FirewallCase("paid", "tcp 1.1.1.1:53", "pod → its resolver, TCP", CONNECTED),
          new FirewallCase(
              "paid", "udp 2606:4700:4700::1111:53", "pod → its resolver, IPv6", CONNECTED),
          new FirewallCase("paid", "udp 8.8.8.8:53", "pod → another resolver", BLOCKED),
          new FirewallCase("paid", "tcp 8.8.8.8:53", "pod → another resolver, TCP", BLOCKED),
          new FirewallCase("unpaid", "udp 1.1.1.1:53", "unpaid pod → its resolver", BLOCKED),
          new FirewallCase("host", "tcp 10.167.16.16:9", "host → pod", CONNECTED),
          new FirewallCase("host", "tcp fd77::16:9", "host → pod, IPv6", CONNECTED),
          new FirewallCase("lan", "tcp 10.167.16.16:9", "the LAN → pod", BLOCKED),
          new FirewallCase(
              "lan", "udp 10.167.16.16:1900", "the LAN → pod, an amplifier's port", BLOCKED),
          new FirewallCase("lan", "tcp fd77::16:9", "the LAN → pod, IPv6", BLOCKED),
          new FirewallCase("host", "tcp 10.168.0.2:9", "host → pod on a bridge", CONNECTED),
          new FirewallCase("bridged", "tcp 10.168.0.3:9", "pod → pod on a bridge", BLOCKED),
          new FirewallCase("bridged", "tcp 10.168.0.1:9", "pod on a bridge → host", BLOCKED),
          new FirewallCase(
              "bridged", "tcp 10.168.0.4:9", "pod → a port new on the bridge", BLOCKED),
          new FirewallCase(
              "bridged", "tcp 11.99.0.44:80", "paid pod on a bridge → public", CONNECTED),
          new FirewallCase(
              "bridged", "tcp 10.99.0.44:80", "paid pod on a bridge → private", BLOCKED),
          new FirewallCase(
              "forger", "tcp 11.99.0.44:80", "pod with another's IPv4 address", BLOCKED),
          new FirewallCase(
              "forger", "tcp 2606:4700::44:80", "pod with another's IPv6 address", BLOCKED),
          new FirewallCase(
              "thief", "tcp 11.99.0.44:80", "pod on a bridge with another's address", BLOCKED));
}
