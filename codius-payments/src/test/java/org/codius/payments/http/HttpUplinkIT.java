package org.codius.payments.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.payments.Packets.ECHO;
import static org.codius.payments.Packets.await;
import static org.codius.payments.Packets.outcome;
import static org.codius.payments.Packets.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Asset;
import org.codius.payments.Eventually;
import org.codius.payments.NodeProgram;
import org.codius.payments.PaymentException;
import org.interledger.core.InterledgerAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our ILP over HTTP and the original's: npm ilp-plugin-http. */
class HttpUplinkIT {

  private static final InterledgerAddress ANYBODY = InterledgerAddress.of("test.anybody");

  private static EventLoopGroup group;
  private static ExecutorService workers;
  private int ourPort;
  private int itsPort;
  private NodeProgram peer;

  @BeforeAll
  static void startThreads() {
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    workers = Executors.newFixedThreadPool(2);
  }

  @AfterAll
  static void stopThreads() {
    workers.shutdownNow();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @BeforeEach
  void startPeer() throws IOException {
    ourPort = freePort();
    itsPort = freePort();
    peer = startedPeer();
  }

  @AfterEach
  void stopPeer() {
    peer.close();
  }

  @Test
  void learnsItsAddressAndExchangesPackets() {
    try (HttpUplink uplink = await(HttpUplink.connect(config("for-peer"), group, workers))) {
      uplink.onPrepare(ECHO);

      assertThat(uplink.address()).isEqualTo(InterledgerAddress.of("test.parent.child"));
      assertThat(uplink.asset()).isEqualTo(new Asset("XRP", 9));
      assertThat(outcome(uplink.handle(prepare(ANYBODY, 7, (byte) 'x')))).isEqualTo("fulfilled x");
      peer.tell("send", "test.parent.child.x", "1000", "ff00");
      JsonNode answer = peer.answer();
      assertThat(answer.get("type").asText()).as(answer.toString()).isEqualTo("ilp_fulfill");
      assertThat(answer.get("data").asText()).isEqualTo("ff00");
    }
  }

  @Test
  void isToldThatItsTokenIsWrongAndSaysSoWithoutTheToken() {
    assertThatThrownBy(() -> await(HttpUplink.connect(config("not-the-token"), group, workers)))
        .rootCause()
        .isInstanceOf(PaymentException.class)
        .hasMessageContaining("it answered with HTTP status 401")
        .hasMessageNotContaining("not-the-token");
  }

  @Test
  void comesBackByItselfAfterThePeerCrashed() {
    try (HttpUplink uplink = await(HttpUplink.connect(config("for-peer"), group, workers))) {
      peer.close();
      assertThat(outcome(uplink.handle(prepare(ANYBODY, 1)))).isEqualTo("T01");
      assertThat(uplink.state().isConnected()).isFalse();
      assertThat(uplink.state().problem()).isNotEmpty();

      peer = startedPeer();

      Eventually.isTrue("it is back", uplink::isConnected);
      assertThat(outcome(uplink.handle(prepare(ANYBODY, 1)))).isEqualTo("fulfilled ");
    }
  }

  private NodeProgram startedPeer() {
    String url = "http://127.0.0.1:" + ourPort + "/ilp";
    NodeProgram started =
        NodeProgram.start(
            HttpUplinkIT.class, "http-peer.js", itsPort, url, "for-peer", "from-peer");
    assertThat(started.answer().get("ready").asBoolean()).isTrue();
    return started;
  }

  private HttpUplinkConfig config(String token) {
    return HttpUplinkConfig.of(
        URI.create("http://127.0.0.1:" + itsPort + "/"),
        token,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), ourPort),
        "from-peer");
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }
}
