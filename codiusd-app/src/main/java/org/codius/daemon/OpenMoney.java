package org.codius.daemon;

import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.codius.daemon.config.Money;
import org.codius.daemon.store.DataFolder;
import org.codius.payments.Ledger;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpUplink;
import org.codius.payments.btp.BtpUplinkConfig;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;

/**
 * Where the money comes from, and the books it is kept in.
 *
 * @param uplink the daemon's own account at our connector
 * @param connector switches between the daemon, its pods and the uplink, if there is one
 * @param children what it grants them
 * @param ledger holds the accounts of the connector too
 * @param isConnected whether payments can come in from outside
 */
record OpenMoney(
    Uplink uplink,
    Connector connector,
    ConnectorConfig children,
    Ledger ledger,
    BooleanSupplier isConnected) {

  /**
   * Connects to the uplink, or starts a connector of our own.
   *
   * @throws StartException if the uplink cannot be reached, the port is taken, or the books cannot
   *     be read
   */
  static OpenMoney open(
      Money money,
      DataFolder folder,
      EventLoopGroup loops,
      InstantSource clock,
      Teardown teardown) {
    if (money instanceof Money.Uplink known) {
      Uplink uplink = teardown.add(connect(known, loops));
      Ledger ledger = teardown.add(OpenFiles.ledger(folder, uplink.asset(), clock));
      ConnectorConfig below = ConnectorConfig.below(uplink);
      Connector connector = teardown.add(Connector.start(below, uplink, ledger, loops));
      return new OpenMoney(connector.host(), connector, below, ledger, uplink::isConnected);
    }
    Ledger ledger = teardown.add(OpenFiles.ledger(folder, ConnectorConfig.DEFAULT_ASSET, clock));
    int port = ((Money.Play) money).port();
    InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    ConnectorConfig play = ConnectorConfig.playMoney(listen, folder.instance());
    try {
      Connector connector = teardown.add(Connector.start(play, ledger, loops));
      Uplink host = connector.host();
      return new OpenMoney(host, connector, play, ledger, host::isConnected);
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
