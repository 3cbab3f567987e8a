package org.codius.payments.connector;

import static java.util.Objects.requireNonNull;

import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;
import org.interledger.connector.accounts.AccountId;

/**
 * Switches packets between children that connect over BTP, the daemon's own account, and a parent
 * if there is one.
 *
 * <p>A child can spend what it has: its balance is held when a packet comes, and written to the
 * books before the Fulfill goes back. Safe for use by several threads.
 */
public final class Connector implements AutoCloseable {

  /** How long packets under way may take to end while closing. */
  private static final Duration QUIET_PATIENCE = Duration.ofSeconds(5);

  private final Switch packets;
  private final EventLoopGroup group;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final List<OpenListener> listeners = new CopyOnWriteArrayList<>();

  private Connector(
      Switch packets, EventLoopGroup group, InstantSource clock, RandomGenerator random) {
    this.packets = packets;
    this.group = group;
    this.clock = clock;
    this.random = random;
  }

  /**
   * Switches, and listens where the configuration says. Blocks until it does; do not call it on an
   * event loop.
   *
   * @param books remembers the balances
   * @param group runs all connections, on NIO; the caller closes it, after the connector
   * @throws PaymentException if a port cannot be bound; the message names it
   */
  public static Connector start(ConnectorConfig config, AccountBooks books, EventLoopGroup group) {
    SecureRandom random = new SecureRandom();
    Switch packets = new Switch(config, null, books, group, InstantSource.system());
    return new Connector(packets, group, InstantSource.system(), random).listening(config);
  }

  /**
   * Does the same below a parent, which gets every packet that is not for somebody here. What it
   * sends us goes to our accounts.
   *
   * @param parent connected; the caller closes it, after the connector
   */
  public static Connector start(
      ConnectorConfig config, Uplink parent, AccountBooks books, EventLoopGroup group) {
    SecureRandom random = new SecureRandom();
    Switch packets = new Switch(config, parent, books, group, InstantSource.system());
    return new Connector(packets, group, InstantSource.system(), random).listening(config);
  }

  private Connector listening(ConnectorConfig config) {
    try {
      config.listeners().forEach(this::listen);
      return this;
    } catch (PaymentException e) {
      close();
      throw e;
    }
  }

  /**
   * Opens another listener, and returns where it is; the port is the real one if 0 was asked for.
   * Blocks; do not call it on an event loop.
   *
   * @throws PaymentException if the address cannot be bound; the message names it
   */
  public InetSocketAddress listen(Listener listener) {
    requireNonNull(listener, "listener");
    OpenListener open =
        OpenListener.open(
            listener, packets.config(), packets.doorFor(listener), group, clock, random);
    listeners.add(open);
    return open.server().localAddress();
  }

  /** Returns where the first listener is; the port is the real one if 0 was asked for. */
  public InetSocketAddress localAddress() {
    if (listeners.isEmpty()) {
      throw new IllegalStateException("the connector listens nowhere");
    }
    return listeners.get(0).server().localAddress();
  }

  /** Returns the daemon's own account here, whose address depends on the connector's only. */
  public Uplink host() {
    return packets.host();
  }

  /**
   * Opens a child's account, with the balance it had when it was last open. Completes once the
   * child may connect.
   *
   * <p>Fails with a {@link PaymentException} if the books cannot be read, or an account of that id
   * is open.
   *
   * @throws IllegalArgumentException if it counts in another asset than the connector
   */
  public CompletionStage<Void> open(ChildAccount child) {
    return packets.open(child);
  }

  /**
   * Opens an account for a part of this very program, and returns its end. Without a parent the
   * faucet fills it; below one its credit has no limit, and its balance in the books tells what it
   * spent.
   *
   * <p>Fails as {@link #open} does.
   */
  public CompletionStage<Uplink> attach(AccountId id) {
    return packets.attach(id);
  }

  /** Closes a child's account and its connections. Its balance stays in the books. */
  public void close(AccountId child) {
    packets.close(child);
  }

  /**
   * Gives an open account money of the host's. Durable once it completes.
   *
   * <p>Fails with a {@link PaymentException} if it could not be written, or no such account is
   * open.
   */
  public CompletionStage<Void> fund(AccountId child, Amount amount) {
    return packets.fund(child, amount);
  }

  /**
   * Takes no new connections, answers new Prepares with T99 while those under way end, and for a
   * moment longer, so that everybody has heard it; then closes all links.
   *
   * <p>Blocks until done; do not call it on an event loop.
   */
  @Override
  public void close() {
    if (!packets.stop()) {
      return;
    }
    listeners.forEach(listener -> listener.server().stopListening());
    if (listeners.stream().anyMatch(listener -> listener.server().hasConnections())
        && !group.isShuttingDown()) {
      long drain = packets.config().drain().toMillis();
      CompletableFuture<Void> drained = new CompletableFuture<>();
      packets
          .quiet()
          .thenRun(
              () -> group.schedule(() -> drained.complete(null), drain, TimeUnit.MILLISECONDS));
      drained
          .completeOnTimeout(null, drain + QUIET_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .join();
    }
    listeners.forEach(OpenListener::close);
    packets.leave();
  }
}
