package org.codius.hyper.network;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IPv4 addresses, as in {@code 10.167.16.0/20}.
 *
 * @param base the first address, as a number
 * @param prefix how many leading bits are common, 0 to 32
 */
public record Subnet(int base, int prefix) {

  private static final Pattern SHAPE =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})(?:/(\\d{1,2}))?");

  public Subnet {
    if (prefix < 0 || prefix > 32) {
      throw new IllegalArgumentException("subnet prefix: " + prefix + " (expected: 0 to 32)");
    }
    if ((base & ~mask(prefix)) != 0) {
      throw new IllegalArgumentException(
          "subnet: " + dotted(base) + "/" + prefix + " (expected: no bits after the prefix)");
    }
  }

  /** Returns the subnet {@code text} spells; without a prefix it is a single address. */
  public static Subnet parse(String text) {
    Matcher matcher = SHAPE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("subnet: \"" + text + "\" (expected: like 10.0.0.0/8)");
    }
    int base = 0;
    for (int i = 1; i <= 4; i++) {
      int octet = Integer.parseInt(matcher.group(i));
      if (octet > 255) {
        throw new IllegalArgumentException("subnet: \"" + text + "\" (expected: like 10.0.0.0/8)");
      }
      base = (base << 8) | octet;
    }
    String prefix = matcher.group(5);
    return new Subnet(base, prefix == null ? 32 : Integer.parseInt(prefix));
  }

  /** Returns the subnet that is just {@code address}. */
  public static Subnet of(Inet4Address address) {
    byte[] octets = address.getAddress();
    int base = 0;
    for (byte octet : octets) {
      base = (base << 8) | (octet & 0xff);
    }
    return new Subnet(base, 32);
  }

  public boolean contains(Subnet other) {
    return other.prefix >= prefix && (other.base & mask(prefix)) == base;
  }

  public boolean overlaps(Subnet other) {
    return contains(other) || other.contains(this);
  }

  /** Returns the address {@code offset} after the first. */
  public Inet4Address address(int offset) {
    int value = base + offset;
    try {
      return (Inet4Address)
          InetAddress.getByAddress(
              new byte[] {
                (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
              });
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }

  @Override
  public String toString() {
    return dotted(base) + "/" + prefix;
  }

  private static int mask(int prefix) {
    return prefix == 0 ? 0 : -1 << (32 - prefix);
  }

  private static String dotted(int address) {
    return (address >>> 24)
        + "."
        + ((address >>> 16) & 0xff)
        + "."
        + ((address >>> 8) & 0xff)
        + "."
        + (address & 0xff);
  }
}
