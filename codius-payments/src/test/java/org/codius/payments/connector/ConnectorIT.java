package org.codius.payments.connector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.payments.Packets.ECHO;
import static org.codius.payments.Packets.await;
import static org.codius.payments.Packets.outcome;
import static org.codius.payments.Packets.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import com.google.common.primitives.UnsignedLong;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.Eventually;
import org.codius.payments.NodeProgram;
import org.interledger.connector.accounts.AccountId;
import org.interledger.connector.accounts.AccountSettings;
import org.interledger.core.InterledgerAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The connector and the original's clients: npm ilp-plugin-btp, and ws as a browser would be. */
class ConnectorIT {

  private static EventLoopGroup group;
  private Connector connector;

  @BeforeAll
  static void startLoops() {
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  }

  @AfterAll
  static void stopLoops() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @BeforeEach
  void start() {
    connector = start(0);
    connector.host().onPrepare(ECHO);
  }

  @AfterEach
  void close() {
    connector.close();
  }

  @Test
  void carriesPacketsBothWays() {
    try (NodeProgram child = child("secret")) {
      JsonNode details = child.answer();
      assertThat(details.get("assetCode").asText()).isEqualTo("XRP");
      assertThat(details.get("assetScale").asInt()).isEqualTo(9);
      InterledgerAddress address = InterledgerAddress.of(details.get("clientAddress").asText());
      assertThat(address.getValue())
          .isEqualTo("private.moneyd.local.K7gNU3sdo-OL0wNhqoVWhr3g6s1xYv72ol_pe_Unols");

      child.tell("send", connector.host().address().getValue() + ".x", "1000", "ff");
      JsonNode fulfilled = child.answer();
      assertThat(fulfilled.get("type").asText()).isEqualTo("ilp_fulfill");
      assertThat(fulfilled.get("data").asText()).isEqualTo("ff");

      assertThat(outcome(connector.host().handle(prepare(address.with("y"), 0, (byte) 'z'))))
          .isEqualTo("fulfilled z");
    }
  }

  @Test
  void saysWhoRejects() {
    try (NodeProgram child = child("secret")) {
      child.answer();

      child.tell("send", "test.nowhere", "1");

      JsonNode rejected = child.answer();
      assertThat(rejected.get("code").asText()).isEqualTo("F02");
      assertThat(rejected.get("triggeredBy").asText()).isEqualTo("private.moneyd");
      assertThat(rejected.get("message").asText()).isEqualTo("no route to test.nowhere");
    }
  }

  @Test
  void carriesPacketsAgainAfterARestart() {
    int port = connector.localAddress().getPort();
    try (NodeProgram child = child("secret")) {
      JsonNode before = child.answer();
      InterledgerAddress address = InterledgerAddress.of(before.get("clientAddress").asText());
      connector.close();

      connector = start(port);

      Eventually.isTrue(
          "the child is back",
          () ->
              outcome(connector.host().handle(prepare(address, 1, (byte) 'z')))
                  .equals("fulfilled z"));
      child.tell("details");
      assertThat(child.answer()).isEqualTo(before);
    }
  }

  @Test
  void aPaymentGoesOnAfterARestartInItsMiddle() {
    AccountBooks books = AccountBooks.inMemory();
    connector.close();
    connector = startWithPacketsOf(1_000, 0, books);
    int port = connector.localAddress().getPort();
    try (NodeProgram shop = node("shop.js", port, "shop");
        NodeProgram payer =
            node("pod.js", port, "payer", shop.answer().get("pay").asText(), 200_000)) {
      Eventually.isTrue("half of it is paid", () -> paidTo("shop", books) > 100_000);
      connector.close();

      connector = startWithPacketsOf(1_000, port, books);

      JsonNode paid = payer.answer();
      assertThat(paid.get("totalSent").asText()).as(paid.toString()).isEqualTo("200000");
      assertThat(paidTo("shop", books)).isEqualTo(200_000);
    }
  }

  @Test
  void aPodThatWantsToSpendMoreThanItHasSpendsThatAndStaysConnected() {
    AccountBooks books = AccountBooks.inMemory();
    connector.close();
    connector = startWithPacketsOf(1_000, 0, books);
    AccountSettings settings =
        AccountSettings.builder()
            .from(ConnectorConfig.playMoney(connector.localAddress(), "test").children())
            .accountId(AccountId.of("pod"))
            .build();
    await(
        connector.open(
            ChildAccount.pod(settings, "the-secret-of-a-pod", InetAddress.getLoopbackAddress())));
    await(connector.fund(AccountId.of("pod"), Amount.of(5_000, ConnectorConfig.DEFAULT_ASSET)));
    InetSocketAddress pods =
        connector.listen(
            new Listener.Pods(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    try (NodeProgram shop = node("shop.js", connector.localAddress().getPort(), "shop");
        NodeProgram pod =
            NodeProgram.start(
                ConnectorIT.class,
                "pod.js",
                "btp+ws://:the-secret-of-a-pod@127.0.0.1:" + pods.getPort(),
                shop.answer().get("pay").asText(),
                9_000,
                5_000)) {
      JsonNode paid = pod.answer();

      long sent = paid.get("totalSent").asLong();
      // After each T04 it tries two thirds of what it tried before, later and later.
      assertThat(sent).as(paid.toString()).isBetween(4_900L, 5_000L);
      assertThat(paid.get("isOpen").asBoolean()).as("T04 ends nothing").isTrue();
      assertThat(paidTo("shop", books)).isEqualTo(sent);
      assertThat(await(books.balance("child:pod"))).isEqualTo(5_000 - sent);
    }
  }

  private static long paidTo(String token, AccountBooks books) {
    byte[] hash = Hashing.sha256().hashString(token, UTF_8).asBytes();
    String id = BaseEncoding.base64Url().omitPadding().encode(hash);
    // Its own rate probes had it get play money, whole grants of it.
    return await(books.balance("child:" + id)).longValueExact() % 10_000_000_000_000L;
  }

  private static Connector startWithPacketsOf(long largest, int port, AccountBooks books) {
    InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    ConnectorConfig config = ConnectorConfig.playMoney(listen, "test");
    AccountSettings children =
        AccountSettings.builder()
            .from(config.children())
            .maximumPacketAmount(UnsignedLong.valueOf(largest))
            .build();
    return Connector.start(config.withChildren(children), books, group);
  }

  private static NodeProgram node(String script, int port, String token, Object... more) {
    List<Object> arguments = new ArrayList<>();
    arguments.add("btp+ws://:" + token + "@localhost:" + port);
    arguments.addAll(List.of(more));
    return NodeProgram.start(ConnectorIT.class, script, arguments.toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "-, -, 101",
    "-, localhost:7768, 101",
    "https://evil.example, -, 403",
    "http://localhost:7768, -, 403",
    "-, evil.example, 403"
  })
  void letsInProgramsButNoWebPages(String origin, String host, int status) {
    String url = "ws://127.0.0.1:" + connector.localAddress().getPort() + "/";

    try (NodeProgram browser =
        NodeProgram.start(ConnectorIT.class, "handshake.js", url, origin, host)) {
      assertThat(browser.answer().get("status").asInt()).isEqualTo(status);
    }
  }

  private static Connector start(int port) {
    InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    return Connector.start(
        ConnectorConfig.playMoney(listen, "test"), AccountBooks.inMemory(), group);
  }

  /** Starts a child that finds us by the name the original's clients use. */
  private NodeProgram child(String token) {
    int port = connector.localAddress().getPort();
    return NodeProgram.start(
        ConnectorIT.class, "child.js", "btp+ws://:" + token + "@localhost:" + port);
  }
}
