package org.codius.daemon.client;

import com.google.common.base.Throwables;
import com.google.common.io.BaseEncoding;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.codius.payments.PaymentSender;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpUplink;
import org.codius.payments.btp.BtpUplinkConfig;
import org.codius.payments.stream.StreamSender;

/** An account at an Interledger connector, to pay from. Safe for use by several threads. */
public final class Wallet implements AutoCloseable {

  /** Where every Codius client looks for a connector. */
  public static final URI LOCAL = URI.create("btp+ws://127.0.0.1:7768");

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(1);
  private static final int TOKEN_BYTES = 16;

  private final EventLoopGroup group;
  private final Uplink uplink;
  private final PaymentSender sender;

  private Wallet(EventLoopGroup group, Uplink uplink, PaymentSender sender) {
    this.group = group;
    this.uplink = uplink;
    this.sender = sender;
  }

  /**
   * Connects. Blocks.
   *
   * @param uri {@code btp+ws://user:token@host:port}; without a token a random one is used
   * @throws ClientException if there is no connector
   */
  public static Wallet open(URI uri, RandomGenerator random) {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      Uplink uplink =
          BtpUplink.connect(BtpUplinkConfig.of(withToken(uri, random)), group)
              .toCompletableFuture()
              .get(CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return new Wallet(group, uplink, StreamSender.create(uplink, group));
    } catch (ExecutionException | IllegalArgumentException e) {
      end(group);
      throw unreachable(uri, String.valueOf(Throwables.getRootCause(e).getMessage()), e);
    } catch (TimeoutException e) {
      end(group);
      throw unreachable(uri, "no answer within " + CONNECT_TIMEOUT.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      end(group);
      Thread.currentThread().interrupt();
      throw unreachable(uri, "interrupted", e);
    }
  }

  public PaymentSender sender() {
    return sender;
  }

  public Uplink uplink() {
    return uplink;
  }

  @Override
  public void close() {
    sender.close();
    uplink.close();
    end(group);
  }

  private static void end(EventLoopGroup group) {
    group
        .shutdownGracefully(0, SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static ClientException unreachable(URI uri, String reason, Exception cause) {
    return new ClientException(
        "no Interledger connector at " + uri.getHost() + ":" + uri.getPort() + ": " + reason,
        "Run codiusd on this machine (its local mode brings a connector with play money), or name"
            + " yours with --uplink btp+ws://:TOKEN@HOST:PORT.",
        cause);
  }

  private static URI withToken(URI uri, RandomGenerator random) {
    if (uri.getRawUserInfo() != null || uri.getRawAuthority() == null) {
      return uri;
    }
    byte[] token = new byte[TOKEN_BYTES];
    random.nextBytes(token);
    String text = uri.toString();
    String authority = ":" + BaseEncoding.base16().lowerCase().encode(token) + "@";
    return URI.create(text.replaceFirst("://", "://" + authority));
  }
}
