package org.codius.proxy.tls;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;

/**
 * What is made of one set of certificates.
 *
 * @param byName lowercase, as the certificates have it
 */
record Contexts(SslContext first, Map<String, SslContext> byName) {

  private static final ApplicationProtocolConfig ALPN =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2,
          ApplicationProtocolNames.HTTP_1_1);

  static Contexts of(List<Certificate> certificates) {
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("certificates: none (expected: at least one)");
    }
    Map<String, SslContext> byName = new HashMap<>();
    List<SslContext> contexts = certificates.stream().map(Contexts::context).toList();
    for (int i = 0; i < contexts.size(); i++) {
      SslContext context = contexts.get(i);
      certificates.get(i).names().forEach(name -> byName.putIfAbsent(name, context));
    }
    return new Contexts(contexts.get(0), Map.copyOf(byName));
  }

  private static SslContext context(Certificate certificate) {
    try {
      return SslContextBuilder.forServer(certificate.key(), certificate.chain())
          // contexts that are collected with the last connection, not counted
          .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
          .applicationProtocolConfig(ALPN)
          .build();
    } catch (SSLException e) {
      throw new IllegalArgumentException(
          "certificate for " + certificate.names() + ": " + e.getMessage(), e);
    }
  }

  /** A name's own certificate, else the wildcard's that covers it, else the first. */
  SslContext find(String serverName) {
    SslContext exact = byName.get(serverName);
    if (exact != null) {
      return exact;
    }
    int dot = serverName.indexOf('.');
    return dot < 0 ? first : byName.getOrDefault("*" + serverName.substring(dot), first);
  }
}
