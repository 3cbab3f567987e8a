package org.codius.payments.connector;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.payments.Packets.ECHO;
import static org.codius.payments.Packets.await;
import static org.codius.payments.Packets.outcome;
import static org.codius.payments.Packets.prepare;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Eventually;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpUplink;
import org.codius.payments.btp.BtpUplinkConfig;
import org.interledger.connector.accounts.AccountId;
import org.interledger.connector.accounts.AccountSettings;
import org.interledger.core.InterledgerAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Children that were given an account, their money, and a connector below another. */
class ChildAccountsTest {

  private static final String SECRET = "a secret of the pod's";
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private static EventLoopGroup group;
  private final AccountBooks books = AccountBooks.inMemory();
  private Connector connector;

  @BeforeAll
  static void startLoops() {
    group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  }

  @AfterAll
  static void stopLoops() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @BeforeEach
  void start() {
    connector = startOn(books);
  }

  private static Connector startOn(AccountBooks books) {
    Connector connector =
        Connector.start(ConnectorConfig.playMoney(ANY_PORT, "test"), books, group);
    connector.host().onPrepare(ECHO);
    return connector;
  }

  @AfterEach
  void close() {
    connector.close();
  }

  @Test
  void aPodSpendsWhatItHasAndNoMoreAlsoAfterARestart() {
    InetSocketAddress pods = openPods();
    await(connector.fund(AccountId.of("pod"), units(100)));
    try (Uplink pod = await(dial(pods, "", SECRET))) {
      assertThat(pod.address()).isEqualTo(InterledgerAddress.of("private.moneyd.pod"));
      assertThat(send(pod, 60)).isEqualTo("fulfilled ");
      assertThat(send(pod, 41)).isEqualTo("T04");
    }
    connector.close();

    connector = startOn(books);
    try (Uplink pod = await(dial(openPods(), "", SECRET))) {
      assertThat(send(pod, 41)).isEqualTo("T04");
      assertThat(send(pod, 40)).isEqualTo("fulfilled ");
    }
    assertThat(await(books.balance("child:pod"))).isZero();
    assertThat(await(books.balance("host"))).isZero(); // gave 100 and got 100
  }

  @Test
  void whatAPodIsPaidItCanSpend() {
    try (Uplink pod = await(dial(openPods(), "pod", SECRET))) {
      pod.onPrepare(ECHO);

      assertThat(outcome(connector.host().handle(prepare(pod.address().with("x"), 7))))
          .isEqualTo("fulfilled ");

      assertThat(send(pod, 8)).isEqualTo("T04");
      assertThat(send(pod, 7)).isEqualTo("fulfilled ");
    }
  }

  @Test
  void aPodComesFromItsAddressOrIsHungUpOnUnheard() throws IOException {
    await(connector.open(ChildAccount.pod(settings("pod"), SECRET, address("127.0.0.2"))));
    InetSocketAddress pods = connector.listen(new Listener.Pods(ANY_PORT));

    try (Socket stranger = new Socket()) { // from 127.0.0.1
      stranger.setSoTimeout(10_000);
      stranger.connect(pods);
      assertThat(stranger.getInputStream().read()).isEqualTo(-1);
    }
    try (Socket pod = new Socket()) {
      pod.setSoTimeout(10_000);
      pod.bind(new InetSocketAddress(address("127.0.0.2"), 0));
      pod.connect(pods);
      pod.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
      assertThat(pod.getInputStream().read()).isEqualTo('H');
    }
  }

  @Test
  void refusesAnotherSecretAnotherNameAndAPodAtTheWrongDoor() {
    InetSocketAddress pods = openPods();
    await(connector.open(ChildAccount.of(settings("friend"), "the secret of a friend")));
    InetSocketAddress friends = connector.listen(new Listener.Children(ANY_PORT));

    for (CompletionStage<Uplink> refused :
        List.of(
            dial(pods, "", "another secret than it"),
            dial(pods, "", ""),
            dial(pods, "host", SECRET),
            dial(pods, "", "the secret of a friend"),
            dial(friends, "", SECRET))) {
      assertThatThrownBy(() -> await(refused))
          .hasRootCauseInstanceOf(PaymentException.class)
          .hasMessageContaining("NotAcceptedError")
          .hasMessageNotContaining("secret");
    }
    try (Uplink friend = await(dial(friends, "friend", "the secret of a friend"))) {
      assertThat(friend.address()).isEqualTo(InterledgerAddress.of("private.moneyd.friend"));
    }
  }

  @Test
  void nobodyButLocalProgramsGetsPlayMoney() {
    try (Uplink local = await(dial(connector.localAddress(), "", "any"));
        Uplink pod = await(dial(openPods(), "", SECRET))) {
      assertThat(send(local, 1_000)).isEqualTo("fulfilled ");
      assertThat(send(pod, 1)).isEqualTo("T04");
    }
    assertThat(await(books.balance("faucet"))).isEqualTo(BigInteger.valueOf(-10_000_000_000_000L));
    assertThat(await(books.balance("host"))).isEqualTo(BigInteger.valueOf(1_000));
  }

  @Test
  void aLocalAccountRunsDryOnlyByAPacketThatIsTooLarge() {
    long half = 5_000_000_000_000L;
    try (Uplink local = await(dial(connector.localAddress(), "", "any"))) {
      for (int i = 0; i < 5; i++) {
        assertThat(send(local, half)).isEqualTo("fulfilled ");
      }
      assertThat(send(local, -1)).isEqualTo("T04"); // 2^64 - 1
    }
  }

  @Test
  void aClosedAccountIsHungUpOnAndItsBalanceStays() {
    InetSocketAddress pods = openPods();
    await(connector.fund(AccountId.of("pod"), units(5)));
    try (Uplink pod = await(dial(pods, "", SECRET))) {
      connector.close(AccountId.of("pod"));

      Eventually.isTrue("it is hung up on", () -> !pod.isConnected());
      assertThat(pod.state().problem()).isNotEmpty();
      assertThat(outcome(connector.host().handle(prepare(pod.address(), 1)))).isEqualTo("F02");
      assertThatThrownBy(() -> await(connector.fund(AccountId.of("pod"), units(1))))
          .hasRootCauseInstanceOf(PaymentException.class);
      assertThat(await(books.balance("child:pod"))).isEqualTo(BigInteger.valueOf(5));
    }
  }

  @Test
  void oneIdIsOneAccount() {
    openPods();

    assertThatThrownBy(() -> await(connector.open(pod())))
        .hasRootCauseInstanceOf(PaymentException.class);
    assertThatThrownBy(() -> ChildAccount.of(settings("pod"), "short"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("short");
    assertThat(pod().toString()).doesNotContain(SECRET);
    AccountSettings euros =
        AccountSettings.builder().from(settings("eur")).assetCode("EUR").build();
    assertThatThrownBy(() -> connector.open(ChildAccount.of(euros, SECRET)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whenTheBooksFailNothingIsFulfilledAndTheMoneyIsNotSpentAgain() {
    connector.close();
    BrokenBooks broken = new BrokenBooks();
    connector = startOn(broken);
    try (Uplink pod = await(dial(openPods(), "", SECRET))) {
      await(connector.fund(AccountId.of("pod"), units(10)));
      broken.isBroken = true;

      assertThat(send(pod, 6)).isEqualTo("T00");
      assertThat(send(pod, 6)).isEqualTo("T04");
      assertThat(send(pod, 0)).isEqualTo("fulfilled ");
    }
  }

  @Test
  void aPodPaysBeyondTheParentAndIsPaidFromThere() {
    AccountBooks ours = AccountBooks.inMemory();
    try (Uplink parent = await(dial(connector.localAddress(), "", "the daemon"));
        Connector below = Connector.start(ConnectorConfig.below(parent), parent, ours, group)) {
      await(below.open(pod()));
      await(below.fund(AccountId.of("pod"), units(50)));
      InetSocketAddress pods = below.listen(new Listener.Pods(ANY_PORT));
      try (Uplink pod = await(dial(pods, "", SECRET))) {
        pod.onPrepare(ECHO);
        below.host().onPrepare(ECHO);
        assertThat(pod.address()).isEqualTo(parent.address().with("pod"));
        assertThat(below.host().address()).isEqualTo(parent.address().with("host"));

        assertThat(send(pod, 20)).isEqualTo("fulfilled ");
        assertThat(send(pod, 31)).isEqualTo("T04");
        assertThat(outcome(pod.handle(prepare(below.host().address().with("x"), 3))))
            .isEqualTo("fulfilled ");
        assertThat(outcome(pod.handle(prepare(parent.address().with("nobody"), 1))))
            .isEqualTo("F02");
        assertThat(outcome(connector.host().handle(prepare(pod.address(), 9))))
            .isEqualTo("fulfilled ");
        assertThat(outcome(connector.host().handle(prepare(parent.address().with("no"), 9))))
            .isEqualTo("F02");
      }
      assertThat(await(ours.balance("parent"))).isEqualTo(BigInteger.valueOf(20 - 9));
      assertThat(await(ours.balance("child:pod"))).isEqualTo(BigInteger.valueOf(50 - 20 - 3 + 9));
      assertThat(await(ours.balance("host"))).isEqualTo(BigInteger.valueOf(-50 + 3));
    }
  }

  @Test
  void aPartOfTheProgramPaysFromTheFaucetWhereMoneyIsPlay() {
    Uplink part = await(connector.attach(AccountId.of("self-test")));

    assertThat(part.address()).isEqualTo(InterledgerAddress.of("private.moneyd.self-test"));
    assertThat(send(part, 60)).isEqualTo("fulfilled ");

    assertThat(await(books.balance("host"))).isEqualTo(BigInteger.valueOf(60));
    assertThat(await(books.balance("child:self-test")).signum()).isPositive();
    assertThat(await(books.balance("faucet")).signum()).isNegative();
  }

  @Test
  void aPartOfTheProgramPaysOnCreditBelowAParent() {
    AccountBooks ours = AccountBooks.inMemory();
    try (Uplink parent = await(dial(connector.localAddress(), "", "the daemon"));
        Connector below = Connector.start(ConnectorConfig.below(parent), parent, ours, group)) {
      below.host().onPrepare(ECHO);
      Uplink part = await(below.attach(AccountId.of("self-test")));

      assertThat(outcome(part.handle(prepare(below.host().address().with("x"), 60))))
          .isEqualTo("fulfilled ");

      assertThat(await(ours.balance("child:self-test"))).isEqualTo(BigInteger.valueOf(-60));
      assertThat(await(ours.balance("host"))).isEqualTo(BigInteger.valueOf(60));
      assertThat(await(ours.balance("parent"))).isZero(); // nothing left the house
    }
  }

  @Test
  void withTheParentDownItIsAPassingTroubleAndCostsNothing() {
    try (Uplink parent = await(dial(connector.localAddress(), "", "the daemon"));
        Connector below =
            Connector.start(
                ConnectorConfig.below(parent), parent, AccountBooks.inMemory(), group)) {
      await(below.open(pod()));
      await(below.fund(AccountId.of("pod"), units(5)));
      try (Uplink pod = await(dial(below.listen(new Listener.Pods(ANY_PORT)), "", SECRET))) {
        connector.close();
        Eventually.isTrue("the parent is down", () -> !parent.isConnected());

        for (int i = 0; i < 3; i++) {
          assertThat(send(pod, 5)).isEqualTo("T01");
        }
        assertThat(parent.state().isConnected()).isFalse();
        assertThat(parent.state().problem()).startsWith("connect to btp+ws://127.0.0.1:");
      }
    }
  }

  /** Sends a packet to the host of the uppermost connector. */
  private String send(Uplink from, long amount) {
    return outcome(from.handle(prepare(connector.host().address().with("x"), amount)));
  }

  private InetSocketAddress openPods() {
    await(connector.open(pod()));
    return connector.listen(new Listener.Pods(ANY_PORT));
  }

  private static ChildAccount pod() {
    return ChildAccount.pod(settings("pod"), SECRET, address("127.0.0.1"));
  }

  private static AccountSettings settings(String id) {
    return AccountSettings.builder()
        .from(ConnectorConfig.playMoney(ANY_PORT, "test").children())
        .accountId(AccountId.of(id))
        .build();
  }

  private static Amount units(long units) {
    return Amount.of(units, new Asset("XRP", 9));
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static CompletionStage<Uplink> dial(
      InetSocketAddress address, String user, String token) {
    String encoded = token.replace(" ", "%20").replace("'", "%27");
    URI uri = URI.create("btp+ws://" + user + ":" + encoded + "@127.0.0.1:" + address.getPort());
    return BtpUplink.connect(BtpUplinkConfig.of(uri), group);
  }

  /** Books on a disk that fails at some point. */
  private static final class BrokenBooks implements AccountBooks {

    private final AccountBooks books = AccountBooks.inMemory();
    private volatile boolean isBroken;

    @Override
    public CompletionStage<BigInteger> balance(String account) {
      return books.balance(account);
    }

    @Override
    public CompletionStage<Void> transfer(String from, String to, Amount amount) {
      return isBroken
          ? CompletableFuture.failedStage(new PaymentException("book it: the disk is full"))
          : books.transfer(from, to, amount);
    }
  }
}
