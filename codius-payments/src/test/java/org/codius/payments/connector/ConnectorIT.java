package org.codius.payments.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.payments.Packets.ECHO;
import static org.codius.payments.Packets.outcome;
import static org.codius.payments.Packets.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.codius.payments.AccountBooks;
import org.codius.payments.Eventually;
import org.codius.payments.NodeProgram;
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
