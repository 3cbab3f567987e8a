package org.codius.daemon;

import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.codius.daemon.config.DaemonConfig;
import org.codius.daemon.config.Tls;
import org.codius.proxy.AnswerFormat;
import org.codius.proxy.PodProxy;
import org.codius.proxy.ProxyConfig;
import org.codius.proxy.ProxyException;
import org.codius.proxy.Redirect;
import org.codius.proxy.RouteTable;
import org.codius.proxy.Transport;
import org.codius.proxy.tls.Certificates;

/**
 * Opens the front door as it is configured.
 *
 * <p>It has event loops of its own, on the transport that is asked for; those of the daemon are for
 * money and for the runtime.
 */
public final class FrontDoor {

  /** A renewed certificate is used within this time. */
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(10);

  private static final int HTTPS = 443;

  /** What is not configured. In JSON, as the original answers those who ask for nothing. */
  public static final ProxyConfig USUAL = ProxyConfig.DEFAULT.withAnswerFormat(AnswerFormat.JSON);

  private FrontDoor() {}

  /**
   * Opens it.
   *
   * @param api adds what answers for the host itself to the pipeline of a connection
   * @param timers look for renewed certificates
   * @throws StartException if it cannot listen, or has no certificate
   */
  public static PodProxy open(
      DaemonConfig config,
      RouteTable routes,
      Consumer<ChannelPipeline> api,
      ScheduledExecutorService timers,
      SecureRandom random) {
    try {
      ProxyConfig proxy =
          USUAL.withBind(config.frontDoor().bind()).withTrusted(config.api().trustedProxies());
      if (config.frontDoor().tls() instanceof Tls.SelfSigned selfSigned) {
        String host = config.frontDoor().publicUri().getHost();
        Certificates certificates =
            Certificates.of(List.of(Certificates.selfSigned(host, Instant.now(), random)));
        proxy = redirecting(proxy.withTls(certificates), selfSigned.redirectPort(), config);
      } else if (config.frontDoor().tls() instanceof Tls.Files files) {
        Certificates certificates = Certificates.read(files.files());
        certificates.watch(files.files(), LOOK_INTERVAL, timers);
        proxy = redirecting(proxy.withTls(certificates), files.redirectPort(), config);
      }
      Transport transport = config.frontDoor().transport();
      return PodProxy.start(
          transport == null ? proxy : proxy.withTransport(transport), routes, api);
    } catch (ProxyException e) {
      throw new StartException(
          e.getMessage(),
          "Stop what listens there, or choose another CODIUS_PORT (--port) or"
              + " CODIUS_REDIRECT_PORT.",
          e);
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "certificate: " + e.getMessage(),
          "Check CODIUS_TLS_CERTIFICATE and CODIUS_TLS_KEY; codiusd doctor looks at them.",
          e);
    }
  }

  private static ProxyConfig redirecting(ProxyConfig proxy, int from, DaemonConfig config) {
    if (from == 0) {
      return proxy;
    }
    int port = config.frontDoor().publicUri().getPort();
    return proxy.withRedirect(
        new Redirect(
            new InetSocketAddress(config.frontDoor().bind().getAddress(), from),
            port < 0 ? HTTPS : port));
  }
}
