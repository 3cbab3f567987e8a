package org.codius.proxy.tls;

import io.netty.handler.ssl.SslContext;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.codius.proxy.TlsContexts;

/**
 * The certificates of a front door, which may change while it serves.
 *
 * <p>A connection keeps the certificate it began with; {@link #replace} is for those that come
 * after. Whatever gets certificates by itself, such as an ACME client, calls it too. TLS 1.2 and
 * 1.3, by OpenSSL where it loads and by the JDK otherwise.
 *
 * <p>Safe for use by several threads.
 */
public final class Certificates implements TlsContexts {

  private volatile Contexts contexts;

  private Certificates(Contexts contexts) {
    this.contexts = contexts;
  }

  /**
   * Returns a set of certificates.
   *
   * @param certificates at least one; the first is for clients that ask for a name of none of them
   */
  public static Certificates of(List<Certificate> certificates) {
    return new Certificates(Contexts.of(certificates));
  }

  /**
   * Returns the certificates in these files.
   *
   * @throws IllegalArgumentException if one is of no use
   */
  public static Certificates read(List<CertificateFiles> files) {
    return of(files.stream().map(CertificateFiles::read).toList());
  }

  /**
   * Makes a certificate for a host and its pods, {@code *.host}, that nobody vouches for.
   *
   * @param random makes the key
   */
  public static Certificate selfSigned(String host, Instant now, SecureRandom random) {
    return SelfSigned.make(host, now, random);
  }

  /** Uses these from now on, for connections that are still to come. */
  public void replace(List<Certificate> certificates) {
    contexts = Contexts.of(certificates);
  }

  /**
   * Looks at the files every {@code interval} and uses what they hold when that has changed. What
   * cannot be used is logged once, and the certificates from before stay.
   *
   * @return ends it when cancelled
   */
  public ScheduledFuture<?> watch(
      List<CertificateFiles> files, Duration interval, ScheduledExecutorService executor) {
    FileWatch watch = new FileWatch(files, this);
    return executor.scheduleWithFixedDelay(
        watch::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public SslContext find(String serverName) {
    return contexts.find(serverName);
  }
}
