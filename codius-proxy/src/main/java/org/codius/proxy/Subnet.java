package org.codius.proxy;

import static java.util.Objects.requireNonNull;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A block of IP addresses, as {@code 10.0.0.0/8}, {@code fd00::/8} or one address alone.
 *
 * @param address any address of the block
 * @param prefix how many of its first bits all addresses of the block share
 */
public record Subnet(InetAddress address, int prefix) {

  public Subnet {
    requireNonNull(address, "address");
    int bits = address.getAddress().length * Byte.SIZE;
    if (prefix < 0 || prefix > bits) {
      throw new IllegalArgumentException("prefix: " + prefix + " (expected: 0 to " + bits + ")");
    }
  }

  /** Parses an address with or without a prefix length; never looks a name up. */
  public static Subnet parse(String text) {
    int slash = text.indexOf('/');
    byte[] bytes =
        NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
    if (bytes == null) {
      throw new IllegalArgumentException(
          "subnet: \"" + text + "\" (expected: an IP address, with /prefix or without)");
    }
    try {
      int prefix =
          slash < 0 ? bytes.length * Byte.SIZE : Integer.parseInt(text.substring(slash + 1));
      return new Subnet(InetAddress.getByAddress(bytes), prefix);
    } catch (NumberFormatException | UnknownHostException e) {
      throw new IllegalArgumentException(
          "subnet: \"" + text + "\" (expected: an IP address, with /prefix or without)", e);
    }
  }

  /** Whether an address is in the block. */
  public boolean contains(InetAddress other) {
    byte[] ours = address.getAddress();
    byte[] theirs = other.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    int whole = prefix / Byte.SIZE;
    for (int i = 0; i < whole; i++) {
      if (ours[i] != theirs[i]) {
        return false;
      }
    }
    int rest = prefix % Byte.SIZE;
    return rest == 0 || (ours[whole] ^ theirs[whole]) >> (Byte.SIZE - rest) == 0;
  }
}
