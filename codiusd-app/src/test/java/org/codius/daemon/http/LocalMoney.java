package org.codius.daemon.http;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.client.Wallet;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.Ledger;
import org.codius.payments.PaymentReceiver;
import org.codius.payments.PaymentSender.OutgoingPayment;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.codius.payments.stream.StreamReceiver;

/** A connector with play money as local mode has it, a host's end of it, and a payer's. */
final class LocalMoney implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 20;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final SecureRandom random = new SecureRandom();
  private final Connector connector =
      Connector.start(
          ConnectorConfig.playMoney(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "original"),
          AccountBooks.inMemory(),
          group);
  private final Wallet wallet =
      Wallet.open(URI.create("btp+ws://127.0.0.1:" + connector.localAddress().getPort()), random);

  PaymentReceiver receiver(Ledger ledger) {
    return StreamReceiver.start(
        connector.host(), ledger, new byte[32], workers, group, InstantSource.system(), random);
  }

  /** Opens a payment that the host may take {@code most} base units of, and waits for the host. */
  OutgoingPayment open(Invoice invoice, long most) throws Exception {
    OutgoingPayment payment =
        wallet
            .sender()
            .open(invoice, Amount.of(most, wallet.sender().asset()))
            .toCompletableFuture()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    payment.ready().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return payment;
  }

  @Override
  public void close() {
    wallet.close();
    connector.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    workers.shutdownNow();
  }
}
