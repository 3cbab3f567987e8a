package org.codius.payments.btp;

import static java.util.Objects.requireNonNull;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLException;
import org.codius.payments.Asset;
import org.codius.payments.PacketHandler;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;
import org.codius.payments.UplinkState;
import org.codius.payments.ilp.Answerer;
import org.codius.payments.ilp.Ildcp;
import org.codius.payments.ilp.OerException;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our account with a parent, over BTP.
 *
 * <p>Safe for use by several threads.
 */
public final class BtpUplink implements Uplink {

  private static final Logger log = LoggerFactory.getLogger(BtpUplink.class);

  private final BtpUplinkConfig config;
  private final EventLoop loop;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final BtpDialer dialer;
  private final Answerer answerer = new Answerer();
  private volatile @Nullable Session session;
  private volatile UplinkState state = UplinkState.down("not connected yet");
  private volatile boolean isClosed;

  private BtpUplink(
      BtpUplinkConfig config,
      @Nullable SslContext tls,
      EventLoop loop,
      InstantSource clock,
      RandomGenerator random) {
    this.config = config;
    this.loop = loop;
    this.clock = clock;
    this.random = random;
    this.dialer = new BtpDialer(config, tls, loop, clock, random);
  }

  /**
   * Connects, authenticates, and asks the parent for our address and asset (IL-DCP).
   *
   * <p>Fails with a {@link PaymentException} if the first attempt does. Once connected, a lost link
   * comes back by itself until the uplink is closed.
   *
   * @param group runs the connection, on NIO; the caller closes it, after the uplink
   */
  public static CompletionStage<Uplink> connect(BtpUplinkConfig config, EventLoopGroup group) {
    return connect(config, group, InstantSource.system(), new SecureRandom());
  }

  /** Does the same, with a clock and a source of request ids and jitter. */
  public static CompletionStage<Uplink> connect(
      BtpUplinkConfig config, EventLoopGroup group, InstantSource clock, RandomGenerator random) {
    requireNonNull(clock, "clock");
    requireNonNull(random, "random");
    return connect(config, tlsFor(config), group.next(), clock, random);
  }

  /** Does the same, and with TLS if {@code tls} is not null. */
  static CompletionStage<Uplink> connect(
      BtpUplinkConfig config,
      @Nullable SslContext tls,
      EventLoop loop,
      InstantSource clock,
      RandomGenerator random) {
    BtpUplink uplink = new BtpUplink(config, tls, loop, clock, random);
    return uplink
        .open()
        .whenComplete(
            (opened, e) -> {
              if (e != null) {
                uplink.dialer.close();
              }
            })
        .thenApply(uplink::use);
  }

  private static @Nullable SslContext tlsFor(BtpUplinkConfig config) {
    if (!BtpAddress.parse(config.uri()).isTls()) {
      return null;
    }
    try {
      return SslContextBuilder.forClient().build();
    } catch (SSLException e) {
      throw new PaymentException("prepare TLS: " + e.getMessage(), e);
    }
  }

  private UplinkState broken() {
    return UplinkState.down(failure("the link broke").getMessage());
  }

  /** Makes one attempt: a link, and what the parent says we are on it. */
  private CompletionStage<Session> open() {
    CompletableFuture<Session> opened = new CompletableFuture<>();
    CompletionStage<BtpLinkHandler> dialed = dialer.dial(answerer);
    Future<?> timer =
        loop.schedule(
            () -> {
              long seconds = config.connectTimeout().toSeconds();
              opened.completeExceptionally(failure("no answer in " + seconds + " s"));
            },
            config.connectTimeout().toMillis(),
            TimeUnit.MILLISECONDS);
    dialed
        .thenCompose(this::askForDetails)
        .whenComplete(
            (session, e) -> {
              timer.cancel(false);
              if (e != null) {
                opened.completeExceptionally(e instanceof CompletionException ? e.getCause() : e);
              } else {
                opened.complete(session);
              }
            });
    opened.whenComplete(
        (session, e) -> {
          if (e != null) {
            dialed.thenAccept(BtpLink::close);
          }
        });
    return opened;
  }

  private CompletionStage<Session> askForDetails(BtpLinkHandler link) {
    return link.handle(Ildcp.request(clock.instant().plus(config.connectTimeout())))
        .thenApply(
            response -> {
              if (!(response instanceof InterledgerFulfillPacket fulfill)) {
                InterledgerRejectPacket reject = (InterledgerRejectPacket) response;
                throw failure(
                    "it gave us no address: "
                        + reject.getCode().getCode()
                        + " "
                        + reject.getMessage());
              }
              try {
                return new Session(link, Ildcp.parse(fulfill));
              } catch (OerException e) {
                throw failure("it gave us no address: " + e.getMessage());
              }
            });
  }

  private PaymentException failure(String why) {
    return new PaymentException("connect to " + BtpAddress.parse(config.uri()) + ": " + why);
  }

  private BtpUplink use(Session opened) {
    Session former = session;
    if (former != null && !former.details().equals(opened.details())) {
      log.warn("our address changed from={} to={}", former.details(), opened.details());
    }
    session = opened;
    state = UplinkState.CONNECTED;
    if (isClosed) {
      opened.link().close();
    }
    opened
        .link()
        .closed()
        .thenRun(
            () -> {
              state = broken();
              reconnect(config.reconnectMinimum());
            });
    return this;
  }

  /**
   * Tries again after {@code delay}, less up to half of it so that not all children come at once.
   */
  private void reconnect(Duration delay) {
    if (isClosed) {
      return;
    }
    long millis = delay.toMillis();
    long jittered = millis - random.nextLong(millis / 2 + 1);
    log.debug("link lost, reconnect uplink={} in={}ms", config, jittered);
    try {
      loop.schedule(() -> attempt(delay), jittered, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("no reconnect: the event loop has ended");
    }
  }

  private void attempt(Duration delay) {
    if (isClosed) {
      return;
    }
    open()
        .whenComplete(
            (opened, e) -> {
              if (e == null) {
                log.debug("reconnected uplink={}", config);
                use(opened);
                return;
              }
              log.debug("reconnect failed uplink={}: {}", config, e.getMessage());
              state = state.failedAgain(String.valueOf(e.getMessage()));
              Duration doubled = delay.multipliedBy(2);
              Duration maximum = config.reconnectMaximum();
              reconnect(doubled.compareTo(maximum) < 0 ? doubled : maximum);
            });
  }

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    return current().link().handle(prepare);
  }

  @Override
  public InterledgerAddress address() {
    return current().details().address();
  }

  @Override
  public Asset asset() {
    return current().details().asset();
  }

  @Override
  public boolean isConnected() {
    return current().link().isOpen();
  }

  @Override
  public UplinkState state() {
    if (isClosed) {
      return UplinkState.down(failure("it is closed").getMessage());
    }
    UplinkState known = state;
    return known.isConnected() && !isConnected() ? broken() : known; // it is told a moment later
  }

  @Override
  public void onPrepare(PacketHandler handler) {
    answerer.set(handler);
  }

  @Override
  public void offPrepare(PacketHandler handler) {
    answerer.remove(handler);
  }

  /** Hangs up, and does not come back. Packets under way are answered with T01. */
  @Override
  public void close() {
    isClosed = true;
    current().link().close();
    dialer.close();
  }

  private Session current() {
    Session current = session;
    if (current == null) {
      throw new IllegalStateException("not connected yet");
    }
    return current;
  }

  /** A link and what we are on it. */
  private record Session(BtpLink link, Ildcp.Details details) {}
}
