package org.codius.payments.btp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.payments.Packets.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Asset;
import org.codius.payments.Eventually;
import org.codius.payments.PacketHandler;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;
import org.codius.payments.ilp.Ildcp;
import org.codius.payments.ilp.Rejects;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerFulfillment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Our BTP client against parents that do not behave. */
class BtpUplinkTest {

  private static EventLoopGroup group;

  @BeforeAll
  static void startLoops() {
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  }

  @AfterAll
  static void stopLoops() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void saysThatItDoesNotKnowAHost() {
    URI uri = URI.create("btp+ws://:secret@nowhere.invalid:7768");

    assertThatThrownBy(() -> await(BtpUplink.connect(config(uri, 2), group)))
        .hasRootCauseInstanceOf(Exception.class)
        .hasMessageContaining("connect to btp+ws://nowhere.invalid:7768/: ")
        .hasMessageNotContaining("secret");
  }

  @Test
  void givesUpOnAParentThatTakesTheConnectionAndSaysNothing() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      URI uri = URI.create("btp+ws://:secret@127.0.0.1:" + silent.getLocalPort());

      assertThatThrownBy(() -> await(BtpUplink.connect(config(uri, 2), group)))
          .rootCause()
          .isInstanceOf(PaymentException.class)
          .hasMessageStartingWith("connect to btp+ws://127.0.0.1:" + silent.getLocalPort());
    }
  }

  @Test
  void fitsNoPlaceWithoutAnAddress() {
    PacketHandler rejects = prepare -> Rejects.answer(InterledgerErrorCode.F02_UNREACHABLE, "no");
    PacketHandler junk =
        prepare ->
            CompletableFuture.completedStage(
                InterledgerFulfillPacket.builder()
                    .fulfillment(InterledgerFulfillment.of(new byte[32]))
                    .data(new byte[] {1, 2})
                    .build());

    for (PacketHandler parent : List.of(rejects, junk)) {
      try (BtpServer server =
          listen((link, user, token) -> CompletableFuture.completedStage(Optional.of(parent)))) {
        assertThatThrownBy(() -> await(BtpUplink.connect(config(uriOf(server), 10), group)))
            .rootCause()
            .isInstanceOf(PaymentException.class)
            .hasMessageContaining("it gave us no address: ");
        Eventually.isTrue("it has hung up", () -> !server.hasConnections());
      }
    }
  }

  @Test
  void comesBackAsOftenAsTheLinkBreaksAndStaysAwayOnceClosed() {
    List<BtpLink> links = new ArrayList<>();
    Ildcp.Details details =
        new Ildcp.Details(InterledgerAddress.of("test.parent.child"), new Asset("XRP", 9));
    PacketHandler parent = prepare -> CompletableFuture.completedStage(Ildcp.response(details));
    BtpDoor door =
        (link, user, token) -> {
          synchronized (links) {
            links.add(link);
          }
          return CompletableFuture.completedStage(Optional.of(parent));
        };

    try (BtpServer server = listen(door);
        Uplink uplink = await(BtpUplink.connect(config(uriOf(server), 10), group))) {
      for (int count = 1; count <= 3; count++) {
        BtpLink link = linkOf(links, count);
        link.close();
      }
      linkOf(links, 4);
      Eventually.isTrue("it is back", uplink::isConnected);
      assertThat(uplink.address()).isEqualTo(details.address());
    }
    assertThat(links).hasSize(4);
  }

  /** Waits for the link of that number, and for what the child first asks on it. */
  private static BtpLink linkOf(List<BtpLink> links, int number) {
    Eventually.isTrue(
        "link " + number,
        () -> {
          synchronized (links) {
            return links.size() == number;
          }
        });
    synchronized (links) {
      return links.get(number - 1);
    }
  }

  private static BtpServer listen(BtpDoor door) {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return BtpServer.listen(
        BtpServerConfig.of(any, true), door, group, InstantSource.system(), new Random(1));
  }

  private static URI uriOf(BtpServer server) {
    return URI.create("btp+ws://:secret@127.0.0.1:" + server.localAddress().getPort());
  }

  private static BtpUplinkConfig config(URI uri, long connectSeconds) {
    BtpUplinkConfig defaults = BtpUplinkConfig.of(uri);
    return new BtpUplinkConfig(
        uri,
        Duration.ofSeconds(connectSeconds),
        defaults.responseTimeout(),
        defaults.heartbeat(),
        Duration.ofMillis(10),
        Duration.ofMillis(100),
        defaults.maximumPending(),
        defaults.maximumFrame());
  }
}
