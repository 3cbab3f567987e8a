package org.codius.payments.btp;

import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.util.NetUtil;

/**
 * How to find the address of a host.
 *
 * <p>The JDK's own look-up blocks its thread, and ours is an event loop. So the name server is
 * asked by Netty, and the JDK only where nobody is asked: an address, or this machine.
 */
final class HostNames implements AutoCloseable {

  private final AddressResolverGroup<?> resolver;
  private final boolean isShared;

  private HostNames(AddressResolverGroup<?> resolver, boolean isShared) {
    this.resolver = resolver;
    this.isShared = isShared;
  }

  static HostNames forHost(String host) {
    if (host.equals("localhost")
        || NetUtil.isValidIpV4Address(host)
        || NetUtil.isValidIpV6Address(host)) {
      return new HostNames(DefaultAddressResolverGroup.INSTANCE, true);
    }
    return new HostNames(
        new DnsAddressResolverGroup(
            NioDatagramChannel.class, DnsServerAddressStreamProviders.platformDefault()),
        false);
  }

  AddressResolverGroup<?> resolver() {
    return resolver;
  }

  @Override
  public void close() {
    if (!isShared) {
      resolver.close();
    }
  }
}
