package org.codius.hyper.testing;

import com.google.common.net.InetAddresses;

/**
 * The addresses of machines: hyperd's {@code BridgeIP}, IPv4.
 *
 * @param base the first, as a number, which nobody has
 * @param prefix how many of an address's bits are the network's
 */
record SimulatedNetwork(int base, int prefix) {

  /** Returns the network of that name, like {@code 192.168.123.0/24}. */
  static SimulatedNetwork parse(String name) {
    int slash = name.indexOf('/');
    return new SimulatedNetwork(
        InetAddresses.coerceToInteger(InetAddresses.forString(name.substring(0, slash))),
        Integer.parseInt(name.substring(slash + 1)));
  }

  /** Returns the number of the last address that a machine can have. */
  int last() {
    return (1 << (Integer.SIZE - prefix)) - 2;
  }

  /** Returns the address with that number; the host's is 1. */
  String address(int number) {
    return InetAddresses.fromInteger(base + number).getHostAddress();
  }

  /** Returns it as hyperd tells it. */
  String told(int number) {
    return address(number) + "/" + prefix;
  }
}
