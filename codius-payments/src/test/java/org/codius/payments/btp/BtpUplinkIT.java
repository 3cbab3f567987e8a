package org.codius.payments.btp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.payments.Packets.ECHO;
import static org.codius.payments.Packets.await;
import static org.codius.payments.Packets.outcome;
import static org.codius.payments.Packets.prepare;

import com.google.common.hash.Hashing;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.Base64;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Asset;
import org.codius.payments.Eventually;
import org.codius.payments.NodeProgram;
import org.codius.payments.Uplink;
import org.interledger.core.InterledgerAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our BTP client and the original's connector: npm ilp-connector with ilp-plugin-mini-accounts. */
class BtpUplinkIT {

  private static EventLoopGroup group;
  private int port;
  private NodeProgram parent;

  @BeforeAll
  static void startLoops() {
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  }

  @AfterAll
  static void stopLoops() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @BeforeEach
  void startParent() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    parent = startOn(port);
  }

  @AfterEach
  void stopParent() {
    parent.close();
  }

  @Test
  void learnsItsAddressAndAsset() {
    try (Uplink uplink = await(connect("secret"))) {
      assertThat(uplink.address()).isEqualTo(addressOf("secret"));
      assertThat(uplink.asset()).isEqualTo(new Asset("XRP", 9));
    }
  }

  @Test
  void sendsAndIsSentPackets() {
    try (Uplink a = await(connect("a"));
        Uplink b = await(connect("b"))) {
      b.onPrepare(ECHO);

      assertThat(outcome(a.handle(prepare(b.address().with("x"), 1_000, (byte) '!'))))
          .isEqualTo("fulfilled !");
      assertThat(outcome(b.handle(prepare(a.address(), 1)))).isEqualTo("T00");
      assertThat(outcome(a.handle(prepare(InterledgerAddress.of("test.nowhere"), 1))))
          .isEqualTo("F02");
    }
  }

  @Test
  void comesBackUnderItsAddressAfterTheParentCrashed() {
    try (Uplink a = await(connect("a"));
        Uplink b = await(connect("b"))) {
      InterledgerAddress address = b.address();
      b.onPrepare(ECHO);
      parent.close();
      Eventually.isTrue("both are down", () -> !a.isConnected() && !b.isConnected());
      assertThat(outcome(a.handle(prepare(address, 1)))).isEqualTo("T01");

      parent = startOn(port);

      Eventually.isTrue("both are back", () -> a.isConnected() && b.isConnected());
      assertThat(b.address()).isEqualTo(address);
      assertThat(outcome(a.handle(prepare(address, 1)))).isEqualTo("fulfilled ");
    }
  }

  private static NodeProgram startOn(int port) {
    NodeProgram parent = NodeProgram.start(BtpUplinkIT.class, "parent.js", port);
    assertThat(parent.answer().get("ready").asBoolean()).isTrue();
    return parent;
  }

  private CompletionStage<Uplink> connect(String token) {
    URI uri = URI.create("btp+ws://:" + token + "@127.0.0.1:" + port);
    return BtpUplink.connect(BtpUplinkConfig.of(uri), group);
  }

  private static InterledgerAddress addressOf(String token) {
    byte[] hash = Hashing.sha256().hashString(token, UTF_8).asBytes();
    return InterledgerAddress.of(
        "private.moneyd.local." + Base64.getUrlEncoder().withoutPadding().encodeToString(hash));
  }
}
