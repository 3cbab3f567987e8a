package org.codius.payments.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.hash.Hashing;
import com.google.common.primitives.Bytes;
import com.google.common.primitives.UnsignedLong;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.Eventually;
import org.codius.payments.Invoice;
import org.codius.payments.NodeProgram;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentData;
import org.codius.payments.PaymentResult;
import org.codius.payments.PaymentSender.OutgoingPayment;
import org.codius.payments.PaymentSender.Sent;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpUplink;
import org.codius.payments.btp.BtpUplinkConfig;
import org.codius.payments.spsp.SpspClient;
import org.codius.payments.spsp.SpspEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Our two ends and both generations of npm ilp-protocol-stream, through npm ilp-connector: money,
 * 200 kB of data each way, small packets, SPSP, and a restart in the middle.
 */
class StreamPeersIT {

  private static final int SIZE = 200_000;
  private static final int LARGEST_PACKET = 10_000; // larger ones are answered F08
  private static final Amount PRICE = Amount.of(1_141_553, FakePath.XRP);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ITEM = "POST manifest 60";

  private final SecureRandom random = new SecureRandom();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final ExecutorService worker = Executors.newFixedThreadPool(2);
  private final MemoryLedger ledger = new MemoryLedger(FakePath.XRP);
  private final PayToken token = PayToken.random(random);
  private final int port = freePort();
  private NodeProgram connector;
  private Uplink hostUplink;

  @BeforeEach
  void start() throws Exception {
    connector = startConnector();
    hostUplink = uplink("host");
  }

  @AfterEach
  void stop() {
    hostUplink.close();
    connector.close();
    worker.shutdownNow();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ilp-protocol-stream", "ilp-protocol-stream-2"})
  void itPaysUsAndTalksBothWays(String library) throws Exception {
    StreamReceiver receiver = receive(worker, group);
    CompletableFuture<byte[]> read = new CompletableFuture<>();
    receiver.onReady(
        payment -> {
          payment.receive(PATIENCE);
          writeAll(payment.data(), pattern());
          readAll(payment.data(), SIZE, new byte[0]).thenAccept(read::complete);
        });

    try (NodeProgram payer = pays(library, receiver, SIZE, 0)) {
      JsonNode all = lastAnswer(payer);

      assertThat(all.get("event").asText()).as(all.toString()).isEqualTo("data");
      assertThat(all.get("first").asInt()).isEqualTo(0xff);
      assertThat(all.get("hash").asText()).isEqualTo(hash(pattern()));
      assertThat(await(read)).isEqualTo(pattern());
      Eventually.isTrue("the price is in the books", () -> ledger.owed(token).equals(PRICE));
    }
    receiver.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ilp-protocol-stream", "ilp-protocol-stream-2"})
  void wePayItAndTalkBothWays(String library) throws Exception {
    try (StreamSender sender = StreamSender.create(hostUplink, group);
        NodeProgram server =
            NodeProgram.start(
                StreamPeersIT.class, "peer-server.js", library, btp("node"), 50_000, SIZE)) {
      Invoice invoice = Invoice.parse(server.answer().get("pay").asText()).orElseThrow();

      OutgoingPayment payment = await(sender.open(invoice, Amount.of(60_000, sender.asset())));
      CompletionStage<byte[]> read = readAll(payment.data(), SIZE, new byte[0]);
      writeAll(payment.data(), pattern());

      assertThat(await(read)).isEqualTo(pattern());
      JsonNode data = server.answer();
      assertThat(data.get("event").asText()).as(data.toString()).isEqualTo("data");
      assertThat(data.get("hash").asText()).isEqualTo(hash(pattern()));
      Eventually.isTrue(
          "all is delivered", () -> payment.delivered().equals(Amount.of(50_000, sender.asset())));
      payment.close();
      await(payment.ended());
      JsonNode end = server.answer();
      assertThat(end.get("totalReceived").asText()).as(end.toString()).isEqualTo("50000");
    }
  }

  @Test
  void aPaymentOfOursGoesOnWhenTheConnectorWasKilledInTheMiddle() throws Exception {
    StreamReceiver receiver = receive(worker, group);
    CompletableFuture<PaymentResult> result = new CompletableFuture<>();
    receiver.onReady(payment -> payment.receive(PATIENCE).thenAccept(result::complete));
    Uplink payerUplink = uplink("payer");
    try (StreamSender sender = StreamSender.create(payerUplink, group)) {
      OutgoingPayment payment =
          await(
              sender.open(
                  receiver.invoice(token, ITEM, PRICE), Amount.of(9_000_000, FakePath.XRP)));
      Eventually.isTrue("some of it is paid", () -> ledger.bookings() > 10);
      connector.close();
      Eventually.isTrue("it is noticed", () -> !payerUplink.isConnected());

      connector = startConnector();

      assertThat(await(result)).isEqualTo(new PaymentResult.Paid(PRICE));
      assertThat(ledger.owed(token)).isEqualTo(PRICE);
      assertThat(payment.sent().baseUnits()).isLessThanOrEqualTo(PRICE.baseUnits());
    } finally {
      payerUplink.close();
      receiver.close();
    }
  }

  /**
   * A JavaScript payer whose packet was under way when the connector was killed is not told: its
   * BTP plugin waits 35 s for the answer, 2 s here, and then its connection ends. The next one
   * under its token pays the rest.
   */
  @ParameterizedTest
  @ValueSource(strings = {"ilp-protocol-stream", "ilp-protocol-stream-2"})
  void aPaymentToUsEndsOnceItsPluginHasWaitedInVainAndTheNextPaysTheRest(String library)
      throws Exception {
    StreamReceiver receiver = receive(worker, group);
    receiver.onReady(payment -> payment.receive(PATIENCE));
    try (NodeProgram payer = pays(library, receiver, 0, 2_000)) {
      Eventually.isTrue("some of it is paid", () -> ledger.bookings() > 10);
      connector.close();
      connector = startConnector();

      JsonNode answer = payer.answer();
      while (!answer.get("event").asText().equals("error")) {
        answer = payer.answer(); // packets, and the one byte
      }
      assertThat(answer.get("message").asText()).contains("timed out");
    }
    Amount before = ledger.owed(token);
    assertThat(before.baseUnits()).isBetween(UnsignedLong.ONE, PRICE.baseUnits());

    Eventually.isTrue("its connection is gone", () -> receiver.find(token).isEmpty());
    try (NodeProgram payer = pays(library, receiver, 0, 0)) {
      assertThat(payer.answer().has("event")).as("it is paying").isTrue();
      Eventually.isTrue("the price is in the books", () -> ledger.owed(token).equals(PRICE));
    }
    receiver.close();
  }

  /** Returns what a payer says after the packets it sent. */
  private static JsonNode lastAnswer(NodeProgram payer) {
    JsonNode answer = payer.answer();
    while (answer.get("event").asText().equals("sent")) {
      answer = payer.answer();
    }
    return answer;
  }

  @Test
  void spspIsSpokenBothWays() throws Exception {
    StreamReceiver receiver = receive(worker, group);
    BlockingQueue<Amount> paid = new LinkedBlockingQueue<>(10);
    SpspEndpoint endpoint =
        SpspEndpoint.start(receiver, random, (account, amount) -> paid.add(amount));
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/alice", exchange -> answer(exchange, endpoint));
    http.start();
    String url = "http://127.0.0.1:" + http.getAddress().getPort() + "/alice";
    Uplink payerUplink = uplink("payer");
    try (NodeProgram payer =
            NodeProgram.start(StreamPeersIT.class, "spsp-client.js", btp("node"), url, 70_000);
        StreamSender sender = StreamSender.create(payerUplink, group)) {
      JsonNode done = payer.answer();
      assertThat(done.get("event").asText()).as(done.toString()).isEqualTo("paid");
      assertThat(paid.poll(30, TimeUnit.SECONDS)).isEqualTo(Amount.of(70_000, FakePath.XRP));

      Invoice invoice = await(SpspClient.create().query(URI.create(url)));
      Sent sent = await(sender.pay(invoice, Amount.of(123, FakePath.XRP), PATIENCE));

      assertThat(sent.sent()).isEqualTo(Amount.of(123, FakePath.XRP));
      assertThat(paid.poll(30, TimeUnit.SECONDS)).isEqualTo(Amount.of(123, FakePath.XRP));
    } finally {
      http.stop(0);
      payerUplink.close();
      receiver.close();
    }
  }

  private static void answer(HttpExchange exchange, SpspEndpoint endpoint) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    SpspEndpoint.Answer answer =
        endpoint.answer(exchange.getRequestMethod(), query == null ? "" : query);
    byte[] body = answer.body().getBytes(UTF_8);
    try (exchange) {
      answer.headers().forEach(exchange.getResponseHeaders()::add);
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private NodeProgram startConnector() {
    NodeProgram started =
        NodeProgram.start(StreamPeersIT.class, "connector.js", port, LARGEST_PACKET);
    assertThat(started.answer().get("ready").asBoolean()).isTrue();
    return started;
  }

  private Uplink uplink(String secret) throws Exception {
    return await(BtpUplink.connect(BtpUplinkConfig.of(URI.create(btp(secret))), group));
  }

  private StreamReceiver receive(ExecutorService its, ScheduledExecutorService timer) {
    return StreamReceiver.start(
        hostUplink, ledger, new byte[32], its, timer, InstantSource.system(), random);
  }

  private NodeProgram pays(String library, StreamReceiver receiver, int size, int timeoutMillis) {
    return NodeProgram.start(
        StreamPeersIT.class,
        "peer-client.js",
        library,
        btp("node"),
        receiver.invoice(token, ITEM, PRICE).toHeader(),
        9_000_000,
        size,
        timeoutMillis);
  }

  private String btp(String secret) {
    return "btp+ws://:" + secret + "@127.0.0.1:" + port;
  }

  private static byte[] pattern() {
    byte[] bytes = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      bytes[i] = (byte) (i * 31 + (i >> 8));
    }
    return bytes;
  }

  private static String hash(byte[] bytes) {
    return Hashing.sha256().hashBytes(bytes).toString();
  }

  /** Writes in pieces, each once the one before has been taken. */
  private static void writeAll(PaymentData data, byte[] bytes) {
    CompletionStage<Void> last = CompletableFuture.completedFuture(null);
    for (int start = 0; start < bytes.length; start += 50_000) {
      byte[] piece = Arrays.copyOfRange(bytes, start, Math.min(bytes.length, start + 50_000));
      last = last.thenCompose(taken -> data.write(piece));
    }
  }

  private static CompletionStage<byte[]> readAll(PaymentData data, int length, byte[] sofar) {
    return sofar.length >= length
        ? CompletableFuture.completedFuture(sofar)
        : data.read().thenCompose(next -> readAll(data, length, Bytes.concat(sofar, next)));
  }

  private static int freePort() {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
