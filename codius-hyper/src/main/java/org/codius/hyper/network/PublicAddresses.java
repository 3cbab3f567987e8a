package org.codius.hyper.network;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * The addresses that belong to one host on the public internet, and those that do not: the IANA
 * special-purpose registries (RFC 6890), and IPv6 addresses that carry an IPv4 address for somebody
 * on the way to unpack.
 *
 * <p>The same lists tell the firewall where a pod may not go and an image pull whom not to ask.
 */
public final class PublicAddresses {

  /** IPv4 that is not public unicast. */
  static final List<AddressRange> NOT_PUBLIC_4 =
      ranges(
          "0.0.0.0/8", // this network
          "10.0.0.0/8", // private
          "100.64.0.0/10", // carrier-grade NAT
          "127.0.0.0/8", // loopback
          "169.254.0.0/16", // link-local, cloud metadata
          "172.16.0.0/12", // private
          "192.0.0.0/24", // protocol assignments
          "192.0.2.0/24", // documentation
          "192.88.99.0/24", // 6to4 relays
          "192.168.0.0/16", // private
          "198.18.0.0/15", // benchmarks
          "198.51.100.0/24", // documentation
          "203.0.113.0/24", // documentation
          "224.0.0.0/3"); // multicast, reserved, broadcast

  /**
   * IPv6 that is not public unicast. NAT64 (64:ff9b::/96), ULA and link-local are in the thirds.
   */
  static final List<AddressRange> NOT_PUBLIC_6 =
      ranges(
          "::/3", // unspecified, loopback, mapped IPv4, NAT64
          "2001::/23", // protocol assignments, Teredo
          "2001:db8::/32", // documentation
          "2002::/16", // 6to4
          "3fff::/20", // documentation
          "4000::/2", // not assigned
          "8000::/1"); // not assigned, ULA, link-local, multicast

  private PublicAddresses() {}

  /** Returns whether {@code address} is a public unicast address. */
  public static boolean contains(InetAddress address) {
    return Stream.concat(NOT_PUBLIC_4.stream(), NOT_PUBLIC_6.stream())
        .noneMatch(range -> range.contains(address));
  }

  private static List<AddressRange> ranges(String... texts) {
    return Stream.of(texts).map(AddressRange::parse).toList();
  }
}
