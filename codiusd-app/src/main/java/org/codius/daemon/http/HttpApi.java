package org.codius.daemon.http;

import io.netty.channel.ChannelPipeline;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.codius.daemon.lease.LeaseService;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.peers.Peers;
import org.codius.daemon.receipt.HostKey;
import org.codius.payments.PaymentReceiver;

/**
 * Answers what is not for a pod.
 *
 * <p>{@link #accept} adds its handlers to a connection; in order they guard, count, collect and
 * answer.
 */
public final class HttpApi implements Consumer<ChannelPipeline> {

  private final Router router;
  private final Executor workers;
  private final Consumer<RefusedException.Reason> onRefused;
  private final boolean isLocal;
  private final Optional<RateLimit> rateLimit;

  /**
   * @param receiver is paid for quotes, where they are
   * @param key signs receipts
   * @param workers makes the blocking calls; a request it rejects is answered with 503
   * @param onRefused is told why something was not sold, or done
   */
  public HttpApi(
      ApiConfig config,
      LeaseService leases,
      PaymentReceiver receiver,
      HostKey key,
      Peers peers,
      HostInfo info,
      Executor workers,
      Consumer<RefusedException.Reason> onRefused,
      InstantSource clock) {
    PodsEndpoint pods = new PodsEndpoint(leases, info.publicUri());
    this.router =
        new Router(
            config.areQuotesPaid() ? new PaidQuote(pods::quote, receiver) : pods::quote,
            pods,
            new DryRunEndpoint(leases, info.publicUri()),
            new PodEndpoint(leases, info, key),
            new LogsEndpoint(leases),
            new PeersEndpoint(peers, info),
            new HostEndpoint(leases, peers, info, key, clock));
    this.workers = workers;
    this.onRefused = onRefused;
    this.isLocal = config.isLocal();
    this.rateLimit =
        Optional.of(config.requestsPerMinute())
            .filter(requests -> requests > 0)
            .map(requests -> new RateLimit(requests, System::nanoTime));
  }

  @Override
  public void accept(ChannelPipeline pipeline) {
    pipeline.addLast(isLocal ? new LoopbackGuard() : new CorsHandler());
    rateLimit.ifPresent(limit -> pipeline.addLast(new RateLimitHandler(limit)));
    pipeline.addLast(new RequestCollector());
    pipeline.addLast(new ApiHandler(this::respond, workers));
  }

  private ApiResponse respond(ApiRequest request) throws InterruptedException {
    try {
      return router.respond(request);
    } catch (RefusedException e) {
      onRefused.accept(e.reason());
      throw e;
    }
  }
}
