package org.codius.proxy.tls;

import static java.util.Objects.requireNonNull;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * A certificate with its private key.
 *
 * @param chain the certificate, then those that vouch for it, without the root
 */
public record Certificate(PrivateKey key, List<X509Certificate> chain) {

  public Certificate {
    requireNonNull(key, "key");
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("chain: empty (expected: a certificate)");
    }
    if (!KeyPairs.fit(key, chain.get(0).getPublicKey())) {
      throw new IllegalArgumentException(
          "key: not that of the certificate for "
              + DnsNames.of(chain.get(0))
              + " (expected: its own)");
    }
  }

  /** The host names it is for, lowercase; one may begin with {@code *.}. */
  public Set<String> names() {
    return DnsNames.of(chain.get(0));
  }

  @Override
  public String toString() {
    return "Certificate[" + names() + ", ***]";
  }
}
