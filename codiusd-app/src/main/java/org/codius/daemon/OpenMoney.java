package org.codius.daemon;

import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionException;
import org.codius.daemon.DaemonConfig.Money;
import org.codius.payments.AccountBooks;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpUplink;
import org.codius.payments.btp.BtpUplinkConfig;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;

/** Opens where the money comes from. */
final class OpenMoney {

  private OpenMoney() {}

  /**
   * Connects to the uplink, or starts a connector of our own.
   *
   * @param instance becomes part of the connector's address, which must stay the same
   * @throws StartException if the uplink cannot be reached, or the port is taken
   */
  static Uplink open(Money money, String instance, EventLoopGroup loops, Teardown teardown) {
    if (money instanceof Money.Uplink uplink) {
      return teardown.add(connect(uplink, loops));
    }
    int port = ((Money.Play) money).port();
    InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try {
      Connector connector =
          teardown.add(
              Connector.start(
                  ConnectorConfig.playMoney(listen, instance), AccountBooks.inMemory(), loops));
      return connector.host();
    } catch (PaymentException e) {
      throw new StartException(
          e.getMessage(),
          "If a moneyd or another ILP connector listens there, be paid through it:"
              + " CODIUS_UPLINK=btp+ws://:<any secret>@localhost:%d. Else choose another"
                  .formatted(port)
              + " CODIUS_CONNECTOR_PORT.",
          e);
    }
  }

  private static Uplink connect(Money.Uplink uplink, EventLoopGroup loops) {
    try {
      return BtpUplink.connect(BtpUplinkConfig.of(uplink.uri()), loops)
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      throw new StartException(
          e.getCause() instanceof PaymentException cause ? cause.getMessage() : e.toString(),
          "Check CODIUS_UPLINK: its host, port and token. Without it codiusd takes play money.",
          e);
    }
  }
}
