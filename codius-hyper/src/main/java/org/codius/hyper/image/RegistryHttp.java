package org.codius.hyper.image;

import com.google.common.annotations.VisibleForTesting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.codius.hyper.network.PublicAddresses;

/**
 * HTTP to registries: HTTPS to public addresses, plain HTTP to a registry on the loopback interface
 * itself, nothing else, and the same for wherever they redirect to. Safe for use by several
 * threads.
 */
final class RegistryHttp implements AutoCloseable {

  private static final int MOST_REDIRECTS = 5;
  private static final int MOST_CONNECTIONS = 64;
  private static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(10);
  private static final Timeout SILENCE_TIMEOUT = Timeout.ofSeconds(20);
  private static final int HEAD_TIMEOUT_SECONDS = 30;
  private static final Http1Config HTTP_LIMITS =
      Http1Config.custom().setMaxLineLength(16 << 10).setMaxHeaderCount(100).build();

  private final CloseableHttpClient open;
  private final CloseableHttpClient loopback;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "codius-registry-clock");
            thread.setDaemon(true);
            return thread;
          });

  RegistryHttp(DnsResolver names) {
    this(names, PublicAddresses::contains);
  }

  @VisibleForTesting
  RegistryHttp(DnsResolver names, Predicate<InetAddress> isPublic) {
    this.open = client(new CheckedAddresses(names, isPublic));
    this.loopback = client(new CheckedAddresses(names, InetAddress::isLoopbackAddress));
  }

  private static CloseableHttpClient client(DnsResolver resolver) {
    PoolingHttpClientConnectionManager connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setDnsResolver(resolver)
            .setConnectionFactory(
                ManagedHttpClientConnectionFactory.builder().http1Config(HTTP_LIMITS).build())
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(CONNECT_TIMEOUT)
                    .setSocketTimeout(SILENCE_TIMEOUT)
                    .build())
            .setMaxConnTotal(MOST_CONNECTIONS)
            .setMaxConnPerRoute(MOST_CONNECTIONS)
            .build();
    return HttpClients.custom()
        .setConnectionManager(connections)
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        .setUserAgent("codius-hyper")
        .build();
  }

  /**
   * Asks, and follows redirects. A header {@code Authorization} goes to the first place only.
   *
   * @param home the authority of the registry that is asked, or that sent us here
   * @return the answer, of any status but a redirect; to be closed
   * @throws NotAllowedException if a rule forbids to ask there
   */
  Response ask(String home, String method, URI uri, Map<String, String> headers)
      throws IOException {
    URI place = uri;
    for (int hops = 0; hops <= MOST_REDIRECTS; hops++) {
      Response response = askOnce(home, method, place, uri, headers);
      Header location = response.message().getFirstHeader(HttpHeaders.LOCATION);
      if (response.status() < 300 || response.status() > 399 || location == null) {
        return response;
      }
      response.close();
      place = place.resolve(uri(location.getValue()));
    }
    throw new NotAllowedException(home + " redirects more than " + MOST_REDIRECTS + " times");
  }

  private Response askOnce(
      String home, String method, URI place, URI first, Map<String, String> headers)
      throws IOException {
    String authority = String.valueOf(place.getRawAuthority());
    boolean isAtHome = ImageName.isLoopback(home) && authority.equals(home);
    if (place.getHost() == null
        || place.getRawUserInfo() != null
        || !(isAtHome ? "http" : "https").equals(place.getScheme())) {
      throw new NotAllowedException(home + " sends us to " + place);
    }
    HttpUriRequestBase request = new HttpUriRequestBase(method, place);
    headers.forEach(
        (name, value) -> {
          if (!name.equals(HttpHeaders.AUTHORIZATION)
              || authority.equals(first.getRawAuthority())) {
            request.setHeader(name, value);
          }
        });
    AtomicBoolean isLate = new AtomicBoolean();
    ScheduledFuture<?> alarm =
        clock.schedule(
            () -> {
              isLate.set(true);
              request.cancel();
            },
            HEAD_TIMEOUT_SECONDS,
            TimeUnit.SECONDS);
    try {
      ClassicHttpResponse message = (isAtHome ? loopback : open).executeOpen(null, request, null);
      return new Response(message, request);
    } catch (IOException e) {
      if (isLate.get()) {
        throw new IOException("no answer within " + HEAD_TIMEOUT_SECONDS + " s", e);
      }
      throw e;
    } finally {
      alarm.cancel(false);
    }
  }

  private static URI uri(String text) throws NotAllowedException {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new NotAllowedException("a registry sends us to " + ImageName.shown(text));
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    open.close(CloseMode.IMMEDIATE);
    loopback.close(CloseMode.IMMEDIATE);
  }

  /** An answer whose body has not been read. */
  record Response(ClassicHttpResponse message, HttpUriRequestBase request)
      implements AutoCloseable {

    int status() {
      return message.getCode();
    }

    String header(String name) {
      Header header = message.getFirstHeader(name);
      return header == null || header.getValue() == null ? "" : header.getValue();
    }

    /**
     * Reads a body that has to be short.
     *
     * @throws IOException if it is longer than {@code most} bytes or takes too long
     */
    byte[] body(int most) throws IOException {
      if (message.getEntity() == null) {
        return new byte[0];
      }
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HEAD_TIMEOUT_SECONDS);
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      byte[] part = new byte[16 << 10];
      InputStream in = message.getEntity().getContent();
      for (int length = in.read(part); length >= 0; length = in.read(part)) {
        body.write(part, 0, length);
        if (body.size() > most) {
          throw new IOException("an answer of more than " + most + " bytes");
        }
        if (System.nanoTime() > end) {
          throw new IOException("no whole answer within " + HEAD_TIMEOUT_SECONDS + " s");
        }
      }
      return body.toByteArray();
    }

    /** Lets go of the connection; one whose body was not read to its end is not used again. */
    @Override
    public void close() {
      request.cancel();
    }
  }
}
