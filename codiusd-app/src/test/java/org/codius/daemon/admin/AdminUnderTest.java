package org.codius.daemon.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.lease.LeaseHarness;
import org.codius.daemon.lease.PodAccounts;
import org.codius.proxy.PodProxy;
import org.codius.proxy.ProxyConfig;

/** The operator's calls on a real listener, before a fake runtime and real files. */
public final class AdminUnderTest implements AutoCloseable {

  public static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final LeaseHarness host;
  private final PodProxy proxy;
  private final Bans bans;
  private final Drain drain;
  private final AdminToken token;
  private final AdminServer server;
  private final PrometheusMeterRegistry meters = MetricsCall.registry();

  /**
   * @param address where it listens
   */
  public AdminUnderTest(Path folder, SocketAddress address, boolean isCompatible) throws Exception {
    InstantSource clock = InstantSource.fixed(NOW);
    host = new LeaseHarness(folder, clock);
    proxy =
        PodProxy.start(
            ProxyConfig.DEFAULT.withBind(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            label -> Optional.empty());
    bans =
        new Bans(
            host.settings(),
            hash -> host.store().find(hash).map(lease -> lease.request().manifest()));
    drain = new Drain(host.settings());
    SalesCalls sales = new SalesCalls(host.leases(), drain, host.ledger());
    token = AdminToken.open(folder.resolve("admin.token"), new SecureRandom());
    server =
        AdminServer.start(
            address,
            token,
            new AdminApi(
                new PodCalls(host.store(), host.leases(), PodAccounts.NONE, LeaseHarness.XRP),
                new BanCalls(bans),
                sales,
                new MetricsCall(meters, host.store(), host.ledger(), proxy),
                new OriginalCalls(host.store(), host.ledger(), sales, clock),
                isCompatible),
            loops,
            workers);
  }

  public LeaseHarness host() {
    return host;
  }

  Bans bans() {
    return bans;
  }

  PrometheusMeterRegistry meters() {
    return meters;
  }

  Drain drain() {
    return drain;
  }

  AdminToken token() {
    return token;
  }

  int port() {
    return ((InetSocketAddress) server.address()).getPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
    proxy.close();
    workers.shutdownNow();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    host.close();
  }
}
