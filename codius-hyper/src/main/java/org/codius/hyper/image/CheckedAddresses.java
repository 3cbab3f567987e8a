package org.codius.hyper.image;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Predicate;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Resolves names for the HTTP client, which connects to just the addresses returned: what was
 * checked is what is connected to, whatever the name means a moment later.
 *
 * <p>One address of a name that is not acceptable spoils the name. Literal addresses come through
 * here too.
 */
record CheckedAddresses(DnsResolver names, Predicate<InetAddress> isAcceptable)
    implements DnsResolver {

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] addresses = names.resolve(host);
    for (InetAddress address : addresses) {
      if (!isAcceptable.test(address)) {
        throw new NotAllowedException(host + " is at " + address.getHostAddress());
      }
    }
    return addresses;
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }
}
