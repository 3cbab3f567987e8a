package org.codius.proxy;

import io.netty.channel.Channel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides who may connect: so many in all, so many from one address.
 *
 * <p>Safe for use by several threads.
 */
final class Admission {

  /** Whoever has one IPv6 address has the whole network of that length. */
  private static final int NETWORK_BYTES = 8;

  private final Limits limits;
  private final Refusals refusals;
  private final AtomicInteger open = new AtomicInteger();
  private final Map<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

  Admission(Limits limits, Refusals refusals) {
    this.limits = limits;
    this.refusals = refusals;
  }

  /** Counts a new connection until it closes; returns false, and closes it, if it is too many. */
  boolean admit(Channel channel) {
    if (open.incrementAndGet() > limits.connections()) {
      open.decrementAndGet();
      return refuse(channel, Refusals.CONNECTIONS, channel.remoteAddress());
    }
    channel.closeFuture().addListener(closed -> open.decrementAndGet());
    return true;
  }

  /** The same for the address that a connection turned out to come from. */
  boolean admit(Channel channel, InetAddress client) {
    InetAddress network = networkOf(client);
    if (byAddress.merge(network, 1, Integer::sum) > limits.connectionsPerAddress()) {
      leave(network);
      return refuse(channel, Refusals.CONNECTIONS_OF_ADDRESS, client.getHostAddress());
    }
    channel.closeFuture().addListener(closed -> leave(network));
    return true;
  }

  private boolean refuse(Channel channel, String code, Object client) {
    refusals.count(code, client);
    channel.close();
    return false;
  }

  private void leave(InetAddress network) {
    byAddress.computeIfPresent(network, (key, count) -> count == 1 ? null : count - 1);
  }

  private static InetAddress networkOf(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // sixteen bytes are an address
    }
  }
}
