package org.codius.payments.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.UnsignedLong;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.Eventually;
import org.codius.payments.Invoice;
import org.codius.payments.NodeProgram;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver.IncomingPayment;
import org.codius.payments.PaymentResult;
import org.codius.payments.PaymentSender.OutgoingPayment;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpUplink;
import org.codius.payments.btp.BtpUplinkConfig;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.interledger.connector.accounts.AccountSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the original's JavaScript at the other end: ilp-fetch and ilp-protocol-stream. */
class StreamIT {

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final Amount PRICE = Amount.of(1_141_553, FakePath.XRP);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final SecureRandom random = new SecureRandom();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final ExecutorService worker = Executors.newFixedThreadPool(2);
  private final ExecutorService requests = Executors.newFixedThreadPool(2);
  private final MemoryLedger ledger = new MemoryLedger(FakePath.XRP);
  private Connector connector;
  private StreamReceiver receiver;
  private HttpServer shop;

  @BeforeEach
  void start() throws IOException {
    serve(ConnectorConfig.playMoney(ANY_PORT, "test"));
    shop = HttpServer.create(ANY_PORT, 0);
    shop.createContext("/", this::sell);
    shop.setExecutor(requests);
    shop.start();
  }

  @AfterEach
  void stop() {
    shop.stop(0);
    receiver.close();
    connector.close();
    requests.shutdownNow();
    worker.shutdownNow();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void theOriginalsClientPaysThePriceToTheUnit() {
    PayToken token = PayToken.random(random);

    JsonNode answer = fetch(token, 1_141_684);

    assertThat(answer.get("status").asInt()).isEqualTo(200);
    assertThat(answer.get("body").asText()).isEqualTo("sold");
    assertThat(answer.get("price").asText()).isEqualTo("1141553");
    assertThat(answer.get("assetCode").asText()).isEqualTo("XRP");
    assertThat(answer.get("assetScale").asInt()).isEqualTo(9);
    assertThat(ledger.owed(token)).isEqualTo(PRICE);
  }

  @Test
  void theOriginalsClientPaysInPacketsOfTheSizeTheConnectorTakes() {
    receiver.close();
    connector.close();
    serve(packetsOf(100_000));
    PayToken token = PayToken.random(random);

    JsonNode answer = fetch(token, 1_141_684);

    assertThat(answer.get("status").asInt()).isEqualTo(200);
    assertThat(answer.get("price").asText()).isEqualTo("1141553");
    assertThat(ledger.owed(token)).isEqualTo(PRICE);
    assertThat(ledger.bookings()).isGreaterThanOrEqualTo(12);
  }

  @Test
  void thePayerWhoseLimitIsTooLowIsRefusedAtOnceAndKeepsItsMoney() {
    PayToken token = PayToken.random(random);
    JsonNode tooLittle = fetch(token, 1_000);
    assertThat(tooLittle.get("status").asInt()).isEqualTo(402);
    assertThat(tooLittle.get("price").asText()).isEqualTo("0");
    assertThat(ledger.bookings()).isZero();

    JsonNode enough = fetch(token, 9_000_000);

    assertThat(enough.get("status").asInt()).as(enough.toString()).isEqualTo(200);
    assertThat(enough.get("price").asText()).isEqualTo("1141553");
    assertThat(ledger.owed(token)).isEqualTo(PRICE);
  }

  @Test
  void theOriginalsStreamEndsWhenWeCloseIt() throws Exception {
    PayToken token = PayToken.random(random);
    Invoice invoice = receiver.invoice(token, "anything", PRICE);
    try (NodeProgram payer = node("stream-client.js", invoice.toHeader(), 1_141_553)) {
      assertThat(payer.answer().get("event").asText()).isEqualTo("data");
      IncomingPayment payment = receiver.find(token).orElseThrow();
      assertThat(await(payment.receive(PATIENCE))).isEqualTo(new PaymentResult.Paid(PRICE));
      // The original's library throws if its stream ends while its money is still under way.
      JsonNode sent = payer.answer();
      assertThat(sent.get("totalSent").asText()).as(sent.toString()).isEqualTo("1141553");

      payment.close();

      JsonNode end = payer.answer();
      assertThat(end.get("event").asText()).as(end.toString()).isEqualTo("end");
      assertThat(end.get("totalSent").asText()).isEqualTo("1141553");
    }
  }

  @Test
  void paysTheOriginalsServer() throws Exception {
    Uplink uplink = await(BtpUplink.connect(BtpUplinkConfig.of(URI.create(btp("java"))), group));
    try (StreamSender sender = StreamSender.create(uplink, group);
        NodeProgram server = node("stream-server.js", 5_000)) {
      Invoice invoice = Invoice.parse(server.answer().get("pay").asText()).orElseThrow();

      OutgoingPayment payment = await(sender.open(invoice, Amount.of(9_000, sender.asset())));
      await(payment.ready());
      Eventually.isTrue(
          "all is delivered", () -> payment.delivered().equals(Amount.of(5_000, sender.asset())));
      assertThat(payment.sent()).isEqualTo(Amount.of(5_000, sender.asset()));

      payment.close();
      await(payment.ended());

      JsonNode end = server.answer();
      assertThat(end.get("event").asText()).as(end.toString()).isEqualTo("end");
      assertThat(end.get("totalReceived").asText()).isEqualTo("5000");
    } finally {
      uplink.close();
    }
  }

  private void serve(ConnectorConfig config) {
    connector = Connector.start(config, AccountBooks.inMemory(), group);
    receiver =
        StreamReceiver.start(
            connector.host(), ledger, new byte[32], worker, group, InstantSource.system(), random);
  }

  private static ConnectorConfig packetsOf(long largest) {
    ConnectorConfig any = ConnectorConfig.playMoney(ANY_PORT, "test");
    AccountSettings children =
        AccountSettings.builder()
            .from(any.children())
            .maximumPacketAmount(UnsignedLong.valueOf(largest))
            .build();
    return any.withChildren(children);
  }

  /** Sells anything for {@link #PRICE}, as a host does. */
  private void sell(HttpExchange exchange) throws IOException {
    PayToken token =
        PayToken.parse(exchange.getRequestHeaders().getFirst("Pay-Token")).orElseThrow();
    try {
      Optional<IncomingPayment> payment = receiver.find(token);
      if (payment.isPresent()
          && await(payment.get().receive(PATIENCE)) instanceof PaymentResult.Paid) {
        answer(exchange, 200, "sold");
        return;
      }
      if (receiver.find(token).isEmpty()) { // not yet, or the payer has left
        Invoice invoice = receiver.invoice(token, "anything", PRICE);
        exchange.getResponseHeaders().add("Pay", invoice.toHeader());
      }
      answer(exchange, 402, "pay first");
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      answer(exchange, 500, e.toString());
    }
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** Has ilp-fetch buy something. */
  private JsonNode fetch(PayToken token, long maxPrice) {
    String url = "http://127.0.0.1:" + shop.getAddress().getPort() + "/";
    try (NodeProgram buyer = node("ilp-fetch.js", url, token.hex(), maxPrice)) {
      return buyer.answer();
    }
  }

  private NodeProgram node(String script, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = btp("node");
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return NodeProgram.start(StreamIT.class, script, all);
  }

  private String btp(String secret) {
    return "btp+ws://:" + secret + "@localhost:" + connector.localAddress().getPort();
  }

  private static <T> T await(CompletionStage<T> stage)
      throws InterruptedException, ExecutionException, TimeoutException {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
