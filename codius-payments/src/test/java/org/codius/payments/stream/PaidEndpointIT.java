package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.codius.examples.PaidEndpoint;
import org.codius.payments.Amount;
import org.codius.payments.NodeProgram;
import org.codius.payments.PayToken;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.codius.payments.ledger.SqlLedger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example {@code docs/examples/paid-endpoint}, with the original's client and without one. */
class PaidEndpointIT {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final long PRICE = 1_000_000;

  private final SecureRandom random = new SecureRandom();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService worker = Executors.newFixedThreadPool(2);

  private final ExecutorService requests = Executors.newFixedThreadPool(2);

  @TempDir Path folder;
  private SqlLedger ledger;
  private Connector connector;
  private StreamReceiver receiver;
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    ledger =
        SqlLedger.open(
            CrashingHost.databaseAt(folder.resolve("ledger.db")),
            ConnectorConfig.DEFAULT_ASSET,
            InstantSource.system());
    connector = Connector.start(ConnectorConfig.playMoney(ANY_PORT, "test"), ledger, group);
    receiver =
        StreamReceiver.start(
            connector.host(), ledger, new byte[32], worker, group, InstantSource.system(), random);
    server = new PaidEndpoint(receiver, ledger).serve(ANY_PORT, requests);
  }

  @AfterEach
  void stop() {
    server.stop(0);
    receiver.close();
    connector.close();
    requests.shutdownNow();
    worker.shutdownNow();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    ledger.close();
  }

  @Test
  void theOriginalsClientBuysTheTime() {
    PayToken token = PayToken.random(random);
    try (NodeProgram buyer =
        NodeProgram.start(
            StreamIT.class,
            "ilp-fetch.js",
            "btp+ws://:node@localhost:" + connector.localAddress().getPort(),
            uri().toString(),
            token.hex(),
            2 * PRICE)) {
      JsonNode answer = buyer.answer();
      assertThat(answer.get("status").asInt()).as(answer.toString()).isEqualTo(200);
      assertThat(answer.get("price").asText()).isEqualTo("1000000");
      assertThat(answer.get("body").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
    }

    assertThat(ledger.summary().earned())
        .isEqualTo(Amount.of(PRICE, ConnectorConfig.DEFAULT_ASSET));
    assertThat(ledger.owed(token)).isEqualTo(Amount.zero(ConnectorConfig.DEFAULT_ASSET));
    assertThat(ledger.check()).isEmpty();
  }

  @Test
  void askingForThePriceCostsNoStateAndNoWrite() throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    Path log = folder.resolve("ledger.db-wal");
    long written = Files.size(log);

    for (int i = 0; i < 1_000; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(uri())
              .header("Pay-Token", PayToken.random(random).toHeader())
              .build();
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(402);
    }

    assertThat(Files.size(log)).isEqualTo(written);
    assertThat(receiver.connections()).isZero();
  }

  private URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }
}
