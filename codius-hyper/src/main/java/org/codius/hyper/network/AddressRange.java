package org.codius.hyper.network;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;

/**
 * A range of addresses, IPv4 or IPv6, as in {@code 10.0.0.0/8} or {@code fc00::/7}.
 *
 * @param base the first address
 * @param prefix how many leading bits are common
 */
record AddressRange(InetAddress base, int prefix) {

  static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    return new AddressRange(
        InetAddresses.forString(text.substring(0, slash)),
        Integer.parseInt(text.substring(slash + 1)));
  }

  boolean contains(InetAddress address) {
    byte[] ours = base.getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit += Byte.SIZE) {
      int mask = 0xff << Math.max(0, Byte.SIZE - (prefix - bit));
      int index = bit / Byte.SIZE;
      if (((ours[index] ^ theirs[index]) & mask & 0xff) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return InetAddresses.toAddrString(base) + "/" + prefix;
  }
}
