package org.codius.payments.http;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Asset;
import org.codius.payments.PacketHandler;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;
import org.codius.payments.UplinkState;
import org.codius.payments.ilp.Answerer;
import org.codius.payments.ilp.Ildcp;
import org.codius.payments.ilp.OerException;
import org.codius.payments.ilp.Rejects;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our account with a parent, over HTTP: we POST our Prepares to it, and it POSTs its own to us.
 *
 * <p>A parent that cannot be reached is asked again, at growing intervals, until it answers. Safe
 * for use by several threads.
 */
public final class HttpUplink implements Uplink {

  private static final Logger log = LoggerFactory.getLogger(HttpUplink.class);

  private final HttpUplinkConfig config;
  private final EventLoopGroup group;
  private final InstantSource clock;
  private final PacketSender sender;
  private final PacketServer server;
  private final Answerer answerer = new Answerer();
  private volatile Ildcp.@Nullable Details details;
  private volatile UplinkState state = UplinkState.CONNECTED;
  private volatile boolean isClosed;

  @GuardedBy("this")
  private boolean isAsking;

  private HttpUplink(
      HttpUplinkConfig config, EventLoopGroup group, Executor workers, InstantSource clock) {
    this.config = config;
    this.group = group;
    this.clock = clock;
    this.sender = new PacketSender(config, workers, clock, this::note);
    this.server = PacketServer.listen(config, answerer, group, clock);
  }

  /**
   * Listens, and asks the parent for our address and asset (IL-DCP). Blocks until it listens; do
   * not call it on an event loop.
   *
   * <p>Fails with a {@link PaymentException} if the parent does not tell.
   *
   * @param group takes the parent's connections, on NIO; the caller closes it, after the uplink
   * @param workers look up names and read answers; they may block
   * @throws PaymentException if the address to listen on cannot be bound; the message names it
   */
  public static CompletionStage<HttpUplink> connect(
      HttpUplinkConfig config, EventLoopGroup group, Executor workers) {
    return connect(config, group, workers, InstantSource.system());
  }

  /** Does the same, with a clock. */
  public static CompletionStage<HttpUplink> connect(
      HttpUplinkConfig config, EventLoopGroup group, Executor workers, InstantSource clock) {
    HttpUplink uplink = new HttpUplink(config, group, workers, clock);
    return uplink
        .askForDetails()
        .thenApply(details -> uplink)
        .whenComplete(
            (connected, e) -> {
              if (e != null) {
                uplink.close();
              }
            });
  }

  private CompletionStage<Ildcp.Details> askForDetails() {
    return sender
        .handle(Ildcp.request(clock.instant().plus(config.connectTimeout())))
        .thenApply(
            response -> {
              try {
                return use(Ildcp.parse(fulfilled(response)));
              } catch (OerException e) {
                throw failure("it gave us no address: " + e.getMessage());
              }
            });
  }

  private InterledgerFulfillPacket fulfilled(InterledgerResponsePacket response) {
    if (response instanceof InterledgerFulfillPacket fulfill) {
      return fulfill;
    }
    InterledgerRejectPacket reject = (InterledgerRejectPacket) response;
    String why = state.problem().isEmpty() ? reject.getMessage() : state.problem();
    throw failure("it gave us no address: " + reject.getCode().getCode() + " " + why);
  }

  private Ildcp.Details use(Ildcp.Details told) {
    Ildcp.Details former = details;
    if (former != null && !former.equals(told)) {
      log.warn("our address changed from={} to={}", former, told);
    }
    details = told;
    return told;
  }

  private PaymentException failure(String why) {
    return new PaymentException("connect to " + config.endpoint() + ": " + why);
  }

  /** Notes how sending went; after the first failure, tries again until it goes well. */
  private synchronized void note(String problem) {
    if (problem.isEmpty()) {
      state = UplinkState.CONNECTED;
      return;
    }
    state = state.isConnected() ? UplinkState.down(problem) : state.failedAgain(problem);
    if (!isAsking && details != null) {
      log.debug("parent lost uplink={}: {}", config, problem);
      isAsking = true;
      askLater(config.retryMinimum());
    }
  }

  private void askLater(Duration delay) {
    if (isClosed) {
      return;
    }
    Duration doubled = delay.multipliedBy(2);
    Duration next = doubled.compareTo(config.retryMaximum()) < 0 ? doubled : config.retryMaximum();
    try {
      group.next().schedule(() -> ask(next), delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("not asked again: the event loop has ended");
    }
  }

  private void ask(Duration next) {
    if (!isNeeded()) {
      return;
    }
    askForDetails().whenComplete((told, e) -> goOn(next));
  }

  private void goOn(Duration next) {
    if (isNeeded()) {
      askLater(next);
    }
  }

  /** Returns whether to ask again; if not, the next failure begins anew. */
  private synchronized boolean isNeeded() {
    isAsking = !isClosed && !state.isConnected();
    return isAsking;
  }

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    if (isClosed) {
      return Rejects.answer(InterledgerErrorCode.T01_PEER_UNREACHABLE, "the uplink is closed");
    }
    return sender.handle(prepare);
  }

  @Override
  public InterledgerAddress address() {
    return current().address();
  }

  @Override
  public Asset asset() {
    return current().asset();
  }

  private Ildcp.Details current() {
    Ildcp.Details current = details;
    if (current == null) {
      throw new IllegalStateException("not connected yet");
    }
    return current;
  }

  @Override
  public boolean isConnected() {
    return state().isConnected();
  }

  @Override
  public UplinkState state() {
    return isClosed ? UplinkState.down("use the uplink: it is closed") : state;
  }

  @Override
  public void onPrepare(PacketHandler handler) {
    answerer.set(handler);
  }

  @Override
  public void offPrepare(PacketHandler handler) {
    answerer.remove(handler);
  }

  /** Returns where it listens; the port is the real one if 0 was asked for. */
  public InetSocketAddress localAddress() {
    return server.localAddress();
  }

  /** Stops listening and sending. Packets under way are answered still. */
  @Override
  public void close() {
    isClosed = true;
    server.close();
  }
}
