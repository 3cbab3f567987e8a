package org.codius.daemon.http;

import io.netty.channel.ChannelPipeline;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.codius.daemon.lease.LeaseService;
import org.codius.daemon.peers.Peers;

/**
 * Answers what is not for a pod.
 *
 * <p>{@link #accept} adds its handlers to a connection; in order they guard, collect and answer.
 */
public final class HttpApi implements Consumer<ChannelPipeline> {

  private final Router router;
  private final Executor workers;
  private final boolean isLocal;

  /**
   * @param workers makes the blocking calls; a request it rejects is answered with 503
   * @param isLocal whether only programs on this machine may be answered
   */
  public HttpApi(
      LeaseService leases,
      Peers peers,
      HostInfo info,
      Executor workers,
      boolean isLocal,
      InstantSource clock) {
    this.router =
        new Router(
            new PodsEndpoint(leases, info.publicUri()),
            new DryRunEndpoint(leases, info.publicUri()),
            new LogsEndpoint(leases),
            new PeersEndpoint(peers, info),
            new HostEndpoint(leases, peers, info, clock));
    this.workers = workers;
    this.isLocal = isLocal;
  }

  @Override
  public void accept(ChannelPipeline pipeline) {
    pipeline.addLast(isLocal ? new LoopbackGuard() : new CorsHandler());
    pipeline.addLast(new RequestCollector());
    pipeline.addLast(new ApiHandler(router, workers));
  }
}
