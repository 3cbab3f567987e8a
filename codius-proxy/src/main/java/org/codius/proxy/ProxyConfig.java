package org.codius.proxy;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the front door behaves.
 *
 * @param bind where it listens; port 0 takes a free one
 * @param trusted proxies in front of this one: their {@code X-Forwarded-} fields are added to
 *     instead of replaced, and they may speak the PROXY protocol
 * @param accessLog is told of every request
 * @param tls has the certificates; null serves without TLS
 * @param redirect has clients that come without TLS come back with it; null has no port for them
 * @param transport brings the bytes; null takes the first that there is. Of no account where the
 *     embedder hands the proxy loops of its own
 * @param answerFormat what its own answers are written in for clients whose {@code Accept} names
 *     neither JSON nor HTML
 */
public record ProxyConfig(
    InetSocketAddress bind,
    Limits limits,
    Timeouts timeouts,
    PodLimits podLimits,
    PodTimeouts podTimeouts,
    Http2Limits http2,
    List<Subnet> trusted,
    AccessLog accessLog,
    @Nullable TlsContexts tls,
    @Nullable Redirect redirect,
    @Nullable Transport transport,
    AnswerFormat answerFormat) {

  /** Loopback, port 3000. */
  public static final ProxyConfig DEFAULT =
      new ProxyConfig(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 3000),
          Limits.DEFAULT,
          Timeouts.DEFAULT,
          PodLimits.DEFAULT,
          PodTimeouts.DEFAULT,
          Http2Limits.DEFAULT,
          List.of(),
          AccessLog.OFF,
          null,
          null,
          null,
          AnswerFormat.PAGE);

  public ProxyConfig {
    requireNonNull(bind, "bind");
    requireNonNull(limits, "limits");
    requireNonNull(timeouts, "timeouts");
    requireNonNull(podLimits, "podLimits");
    requireNonNull(podTimeouts, "podTimeouts");
    requireNonNull(http2, "http2");
    trusted = List.copyOf(trusted);
    requireNonNull(accessLog, "accessLog");
    requireNonNull(answerFormat, "answerFormat");
    if (redirect != null && tls == null) {
      throw new IllegalArgumentException("redirect: " + redirect + " (expected: none without tls)");
    }
    if (transport != null && !transport.isAvailable()) {
      throw new IllegalArgumentException(
          "transport: " + transport + " (expected: one that this machine has)");
    }
    if (bind.isUnresolved()) {
      throw new IllegalArgumentException("bind: " + bind + " (expected: an IP address and a port)");
    }
  }

  public ProxyConfig withBind(InetSocketAddress changed) {
    return new ProxyConfig(
        changed,
        limits,
        timeouts,
        podLimits,
        podTimeouts,
        http2,
        trusted,
        accessLog,
        tls,
        redirect,
        transport,
        answerFormat);
  }

  public ProxyConfig withLimits(Limits changed) {
    return new ProxyConfig(
        bind,
        changed,
        timeouts,
        podLimits,
        podTimeouts,
        http2,
        trusted,
        accessLog,
        tls,
        redirect,
        transport,
        answerFormat);
  }

  public ProxyConfig withTimeouts(Timeouts changed) {
    return new ProxyConfig(
        bind,
        limits,
        changed,
        podLimits,
        podTimeouts,
        http2,
        trusted,
        accessLog,
        tls,
        redirect,
        transport,
        answerFormat);
  }

  public ProxyConfig withPodLimits(PodLimits changed) {
    return new ProxyConfig(
        bind,
        limits,
        timeouts,
        changed,
        podTimeouts,
        http2,
        trusted,
        accessLog,
        tls,
        redirect,
        transport,
        answerFormat);
  }

  public ProxyConfig withPodTimeouts(PodTimeouts changed) {
    return new ProxyConfig(
        bind,
        limits,
        timeouts,
        podLimits,
        changed,
        http2,
        trusted,
        accessLog,
        tls,
        redirect,
        transport,
        answerFormat);
  }

  public ProxyConfig withHttp2(Http2Limits changed) {
    return new ProxyConfig(
        bind,
        limits,
        timeouts,
        podLimits,
        podTimeouts,
        changed,
        trusted,
        accessLog,
        tls,
        redirect,
        transport,
        answerFormat);
  }

  public ProxyConfig withTrusted(List<Subnet> changed) {
    return new ProxyConfig(
        bind,
        limits,
        timeouts,
        podLimits,
        podTimeouts,
        http2,
        changed,
        accessLog,
        tls,
        redirect,
        transport,
        answerFormat);
  }

  public ProxyConfig withAccessLog(AccessLog changed) {
    return new ProxyConfig(
        bind,
        limits,
        timeouts,
        podLimits,
        podTimeouts,
        http2,
        trusted,
        changed,
        tls,
        redirect,
        transport,
        answerFormat);
  }

  /** Returns the same with TLS. */
  public ProxyConfig withTls(TlsContexts changed) {
    return new ProxyConfig(
        bind,
        limits,
        timeouts,
        podLimits,
        podTimeouts,
        http2,
        trusted,
        accessLog,
        changed,
        redirect,
        transport,
        answerFormat);
  }

  /** Returns the same with a port that only sends clients on to the one with TLS. */
  public ProxyConfig withRedirect(Redirect changed) {
    return new ProxyConfig(
        bind,
        limits,
        timeouts,
        podLimits,
        podTimeouts,
        http2,
        trusted,
        accessLog,
        tls,
        changed,
        transport,
        answerFormat);
  }

  /** Returns the same by that transport, which must be available. */
  public ProxyConfig withTransport(Transport changed) {
    return new ProxyConfig(
        bind,
        limits,
        timeouts,
        podLimits,
        podTimeouts,
        http2,
        trusted,
        accessLog,
        tls,
        redirect,
        changed,
        answerFormat);
  }

  public ProxyConfig withAnswerFormat(AnswerFormat changed) {
    return new ProxyConfig(
        bind,
        limits,
        timeouts,
        podLimits,
        podTimeouts,
        http2,
        trusted,
        accessLog,
        tls,
        redirect,
        transport,
        changed);
  }
}
