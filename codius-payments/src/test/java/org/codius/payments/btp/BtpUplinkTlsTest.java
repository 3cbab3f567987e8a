package org.codius.payments.btp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.payments.Packets.ECHO;
import static org.codius.payments.Packets.await;
import static org.codius.payments.Packets.outcome;
import static org.codius.payments.Packets.prepare;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.codius.payments.AccountBooks;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An uplink at {@code btp+wss}, to a connector behind a real TLS server. */
class BtpUplinkTlsTest {

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @TempDir private Path folder;
  private Connector connector;

  @BeforeEach
  void start() {
    connector =
        Connector.start(
            ConnectorConfig.playMoney(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "test"),
            AccountBooks.inMemory(),
            group);
    connector.host().onPrepare(ECHO);
  }

  @AfterEach
  void stop() {
    connector.close();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void paysAndIsPaidOverTls() throws Exception {
    try (TlsFront server = front("localhost");
        Uplink uplink = await(connect(server, server.trusting()))) {
      uplink.onPrepare(ECHO);

      assertThat(
              outcome(
                  uplink.handle(prepare(connector.host().address().with("x"), 1_000, (byte) '!'))))
          .isEqualTo("fulfilled !");
      assertThat(outcome(connector.host().handle(prepare(uplink.address().with("x"), 1_000))))
          .isEqualTo("fulfilled ");
    }
  }

  @Test
  void refusesACertificateForAnotherName() throws Exception {
    try (TlsFront server = front("elsewhere.example")) {
      assertThatThrownBy(() -> await(connect(server, server.trusting())))
          .hasRootCauseInstanceOf(java.security.cert.CertificateException.class)
          .hasMessageContaining("localhost");
    }
  }

  @Test
  void refusesACertificateThatNobodyKnownSigned() throws Exception {
    try (TlsFront server = front("localhost")) {
      URI uri = URI.create("btp+wss://:secret@localhost:" + server.port());
      assertThatThrownBy(() -> await(BtpUplink.connect(BtpUplinkConfig.of(uri), group)))
          .satisfies(
              failure ->
                  assertThat(failure).isInstanceOfAny(PaymentException.class, AssertionError.class))
          .hasMessageContaining("connect to ");
    }
  }

  private TlsFront front(String name) throws Exception {
    return new TlsFront(folder, name, connector.localAddress().getPort());
  }

  private CompletionStage<Uplink> connect(TlsFront server, SslContext tls) {
    URI uri = URI.create("btp+wss://:secret@localhost:" + server.port());
    return BtpUplink.connect(
        BtpUplinkConfig.of(uri), tls, group.next(), InstantSource.system(), new SecureRandom());
  }
}
