package org.codius.payments.connector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.payments.Packets.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Splitter;
import com.google.common.primitives.UnsignedLong;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.NodeProgram;
import org.interledger.connector.accounts.AccountId;
import org.interledger.connector.accounts.AccountSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The listener for pods at its real address, and a pod as one is: a network namespace of its own
 * behind an interface of its own, with the original's STREAM client in it.
 */
class PodsListenerIT {

  private static final String NAMESPACE = "codius-paying-pod";
  private static final String POD = "10.233.77.2";
  private static final String SECRET = "sixteen-or-more-letters";

  private final AccountBooks books = AccountBooks.inMemory();
  private EventLoopGroup group;
  private Connector connector;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root: it makes interfaces");
    removePod();
    run("ip netns add " + NAMESPACE);
    run("ip link add codiuspay0 type veth peer name eth0 netns " + NAMESPACE);
    run("ip address add 10.233.77.1/30 dev codiuspay0");
    run("ip link set codiuspay0 up");
    run("ip -n " + NAMESPACE + " address add " + POD + "/30 dev eth0");
    run("ip -n " + NAMESPACE + " link set eth0 up");
    run("ip -n " + NAMESPACE + " route add default via 10.233.77.1");
    group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    connector = Connector.start(ConnectorConfig.playMoney(anyPort, "test"), books, group);
    connector.listen(new Listener.Pods(Listener.Pods.DEFAULT));
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    if (connector != null) {
      connector.close();
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
      removePod();
    }
  }

  @Test
  void aPodPaysThroughUsInSmallPacketsAndNoMoreThanItHas() throws IOException {
    await(connector.open(pod(1_000)));
    await(connector.fund(AccountId.of("pod"), Amount.of(5_000, connector.host().asset())));
    try (NodeProgram shop = shop();
        NodeProgram pod = podIn(NAMESPACE, shop.answer().get("pay").asText(), 9_000)) {
      JsonNode paid = pod.answer();

      assertThat(paid.get("totalSent").asText()).as(paid.toString()).isEqualTo("5000");
      assertThat(paid.get("isOpen").asBoolean()).isTrue();
      assertThat(await(books.balance("child:pod"))).isZero();
      assertThat(await(books.balance("host"))).isEqualTo(BigInteger.valueOf(-5_000));
    }
  }

  @Test
  void nobodyElseIsHeardThere() throws IOException {
    await(connector.open(pod(1_000)));

    try (Socket program = new Socket()) { // on the host itself
      program.setSoTimeout(10_000);
      program.connect(Listener.Pods.DEFAULT);
      assertThat(program.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void theAddressIsThereForAsLongAsTheListener() throws IOException, InterruptedException {
    assertThat(run("ip -o address show dev lo")).contains("169.254.77.68/32 ", "lo:codius");

    connector.close();

    assertThat(run("ip -o address show dev lo")).doesNotContain("169.254.77.68");
  }

  @Test
  void anAddressLeftBehindByAKilledProcessIsTakenOver() throws IOException, InterruptedException {
    connector.close();
    run("ip address add 169.254.77.68/32 dev lo scope host label lo:codius");
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    connector = Connector.start(ConnectorConfig.playMoney(anyPort, "test"), books, group);

    connector.listen(new Listener.Pods(Listener.Pods.DEFAULT));
    connector.close();

    assertThat(run("ip -o address show dev lo")).doesNotContain("169.254.77.68");
  }

  private ChildAccount pod(long largestPacket) throws IOException {
    AccountSettings settings =
        AccountSettings.builder()
            .from(
                ConnectorConfig.playMoney(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "test")
                    .children())
            .accountId(AccountId.of("pod"))
            .maximumPacketAmount(UnsignedLong.valueOf(largestPacket))
            .build();
    return ChildAccount.pod(settings, SECRET, InetAddress.getByName(POD));
  }

  private NodeProgram shop() {
    int port = connector.localAddress().getPort();
    return NodeProgram.start(PodsListenerIT.class, "shop.js", "btp+ws://:shop@localhost:" + port);
  }

  private static NodeProgram podIn(String namespace, String pay, long amount) {
    return NodeProgram.startBy(
        List.of("ip", "netns", "exec", namespace),
        PodsListenerIT.class,
        "pod.js",
        "btp+ws://:" + SECRET + "@169.254.77.68:7768",
        pay,
        amount,
        4_000); // five packets get through in a tenth of that
  }

  private static void removePod() throws IOException, InterruptedException {
    if (run("ip netns list").contains(NAMESPACE)) {
      run("ip netns delete " + NAMESPACE); // takes the interfaces with it
    }
  }

  private static String run(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(Splitter.on(' ').splitToList(command)).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(command + ": " + output).isZero();
    return output;
  }
}
