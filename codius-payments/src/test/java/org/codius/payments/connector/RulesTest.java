package org.codius.payments.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.payments.Packets.outcome;
import static org.codius.payments.Packets.reject;

import com.google.common.io.BaseEncoding;
import com.google.common.primitives.UnsignedLong;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.codius.payments.AccountBooks;
import org.codius.payments.Asset;
import org.codius.payments.PacketHandler;
import org.codius.payments.Packets;
import org.codius.payments.ilp.Ildcp;
import org.codius.payments.ilp.Rejects;
import org.interledger.connector.accounts.AccountBalanceSettings;
import org.interledger.connector.accounts.AccountId;
import org.interledger.connector.accounts.AccountRateLimitSettings;
import org.interledger.connector.accounts.AccountSettings;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerFulfillment;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule in its place, between two accounts without sockets and at a time that stands still. */
class RulesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final InterledgerAddress CONNECTOR = InterledgerAddress.of("private.moneyd");

  private static final InterledgerAddress BOB = CONNECTOR.with("bob");

  private final ConnectorConfig config =
      ConnectorConfig.playMoney(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "test");
  private final Routes routes = new Routes(() -> CONNECTOR);
  private final AccountBooks books = AccountBooks.inMemory();
  private final Balances balances = new Balances(books, config.asset());
  private final List<InterledgerPreparePacket> delivered = new ArrayList<>();
  private Instant now = NOW;
  private final Closing closing = new Closing();
  private final Rules rules =
      new Rules(config, () -> CONNECTOR, routes, balances, () -> now, closing);

  private final Account alice =
      account(
          "alice",
          AccountSettings.builder()
              .from(config.children())
              .maximumPacketAmount(UnsignedLong.valueOf(1_000))
              .balanceSettings(AccountBalanceSettings.builder().minBalance(-1_500L).build())
              .rateLimitSettings(AccountRateLimitSettings.builder().maxPacketsPerSecond(5).build())
              .accountId(AccountId.of("alice"))
              .build(),
          Packets.ECHO);
  private PacketHandler bobAnswers = Packets.ECHO;
  private final Account bob =
      account(
          "bob",
          config.children(),
          prepare -> {
            delivered.add(prepare);
            return bobAnswers.handle(prepare);
          });
  private final PacketHandler fromAlice = rules.from(alice);

  @Test
  void passesAPacketOnAndMovesItsAmount() {
    assertThat(outcome(send(BOB.with("x"), 700))).isEqualTo("fulfilled ");

    assertThat(delivered).hasSize(1);
    assertThat(alice.balance().available()).isEqualTo(BigInteger.valueOf(-700));
    assertThat(bob.balance().available()).isEqualTo(BigInteger.valueOf(700));
  }

  @Test
  void answersT99ToEverythingWhileItCloses() {
    closing.begin();

    assertThat(outcome(send(BOB, 1))).isEqualTo("T99");
  }

  @Test
  void rejectsWhatHasExpired() {
    assertThat(outcome(send(BOB, 1, NOW))).isEqualTo("R00");
    assertThat(delivered).isEmpty();
  }

  @Test
  void rejectsMorePacketsThanTheAccountMaySendAndTakesThemALittleLater() {
    for (int i = 0; i < 5; i++) {
      assertThat(outcome(send(BOB, 0))).isEqualTo("fulfilled ");
    }
    assertThat(outcome(send(BOB, 0))).isEqualTo("T05");

    now = NOW.plusMillis(200);

    assertThat(outcome(send(BOB, 0))).isEqualTo("fulfilled ");
    assertThat(outcome(send(BOB, 0))).isEqualTo("T05");
  }

  @Test
  void saysHowLargeAPacketMayBe() {
    InterledgerRejectPacket reject = reject(send(BOB, 1_001));

    assertThat(reject.getCode()).isEqualTo(InterledgerErrorCode.F08_AMOUNT_TOO_LARGE);
    assertThat(reject.getTriggeredBy()).contains(CONNECTOR);
    assertThat(BaseEncoding.base16().lowerCase().encode(reject.getData()))
        .isEqualTo("00000000000003e9" + "00000000000003e8");
    assertThat(outcome(send(BOB, -1))).isEqualTo("F08"); // 2^64 - 1, unsigned
    assertThat(outcome(send(BOB, 1_000))).isEqualTo("fulfilled ");
  }

  @Test
  void tellsAChildWhatItIs() {
    InterledgerPreparePacket request = Ildcp.request(NOW.plusSeconds(10));

    InterledgerResponsePacket response = Packets.await(fromAlice.handle(request));

    assertThat(Ildcp.parse((InterledgerFulfillPacket) response))
        .isEqualTo(new Ildcp.Details(CONNECTOR.with("alice"), new Asset("XRP", 9)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "peer.route.control",
        "peer.config.x",
        "test.nowhere",
        "private.moneyd",
        "private.moneyd.bobby", // bob's address is a prefix of its letters only
        "private.moneyd.bo"
      })
  void rejectsWhatIsNobodys(String destination) {
    InterledgerRejectPacket reject = reject(send(InterledgerAddress.of(destination), 1));

    assertThat(reject.getCode()).isEqualTo(InterledgerErrorCode.F02_UNREACHABLE);
    assertThat(delivered).isEmpty();
    assertThat(alice.balance().available()).isEqualTo(BigInteger.ZERO);
  }

  @Test
  void aLocalChildThatIsNotConnectedMayCome() {
    InterledgerAddress child =
        CONNECTOR.with("local").with("K7gNU3sdo-OL0wNhqoVWhr3g6s1xYv72ol_pe_Unols");

    assertThat(outcome(send(child, 1))).isEqualTo("T01");
    assertThat(outcome(send(child.with("x"), 1))).isEqualTo("T01");
    assertThat(alice.balance().available()).isEqualTo(BigInteger.ZERO);
  }

  @Test
  void holdsWhatIsUnderWaySoThatItIsNotSpentTwice() {
    CompletableFuture<InterledgerResponsePacket> first = new CompletableFuture<>();
    bobAnswers = prepare -> first;
    CompletionStage<InterledgerResponsePacket> answer = send(BOB, 1_000);

    bobAnswers = Packets.ECHO;
    assertThat(outcome(send(BOB, 501))).isEqualTo("T04");
    assertThat(outcome(send(BOB, 500))).isEqualTo("fulfilled ");

    first.complete(Rejects.of(InterledgerErrorCode.F99_APPLICATION_ERROR, ""));
    assertThat(outcome(answer)).isEqualTo("F99");
    assertThat(alice.balance().available()).isEqualTo(BigInteger.valueOf(-500));
    assertThat(bob.balance().available()).isEqualTo(BigInteger.valueOf(500));
    assertThat(outcome(send(BOB, 1_000))).isEqualTo("fulfilled ");
  }

  @Test
  void givesTheAmountBackWhenTheFulfilmentIsWrong() {
    bobAnswers =
        prepare ->
            CompletableFuture.completedStage(
                InterledgerFulfillPacket.builder()
                    .fulfillment(
                        InterledgerFulfillment.of(
                            new byte[] {
                              1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
                              21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32
                            }))
                    .build());

    assertThat(outcome(send(BOB, 9))).isEqualTo("F05");
    assertThat(alice.balance().available()).isEqualTo(BigInteger.ZERO);
    assertThat(bob.balance().available()).isEqualTo(BigInteger.ZERO);
  }

  @Test
  void givesTheAmountBackWhenTheFulfilmentIsLate() {
    bobAnswers =
        prepare -> {
          now = NOW.plusSeconds(10);
          return Packets.ECHO.handle(prepare);
        };

    assertThat(outcome(send(BOB, 9, NOW.plusSeconds(10)))).isEqualTo("R00");
    assertThat(alice.balance().available()).isEqualTo(BigInteger.ZERO);
    assertThat(bob.balance().available()).isEqualTo(BigInteger.ZERO);
  }

  @ParameterizedTest
  @CsvSource({"10000, 9000", "2000, 1000", "31000, 30000", "60000, 30000"})
  void passesItOnWithLessTime(long millis, long passedOn) {
    send(BOB, 1, NOW.plusMillis(millis));

    assertThat(Duration.between(NOW, delivered.get(0).getExpiresAt()).toMillis())
        .isEqualTo(passedOn);
  }

  @Test
  void rejectsWhatLeavesTooLittleTime() {
    assertThat(outcome(send(BOB, 1, NOW.plusMillis(1_999)))).isEqualTo("R02");
    assertThat(delivered).isEmpty();
    assertThat(alice.balance().available()).isEqualTo(BigInteger.ZERO);
  }

  @Test
  void passesOnARejectAsItIs() {
    InterledgerRejectPacket reject =
        InterledgerRejectPacket.builder()
            .code(InterledgerErrorCode.of("F77", "unheard of"))
            .triggeredBy(InterledgerAddress.of("test.far.away"))
            .message("why")
            .data(new byte[] {1})
            .build();
    bobAnswers = prepare -> CompletableFuture.completedStage(reject);

    assertThat(reject(send(BOB, 1))).isEqualTo(reject);
  }

  private CompletionStage<InterledgerResponsePacket> send(InterledgerAddress to, long amount) {
    return send(to, amount, NOW.plusSeconds(20));
  }

  private CompletionStage<InterledgerResponsePacket> send(
      InterledgerAddress to, long amount, Instant expiry) {
    return fromAlice.handle(Packets.prepare(to, amount, expiry));
  }

  private Account account(String name, AccountSettings settings, PacketHandler link) {
    Balance balance = Packets.await(balances.open(settings));
    Account account = Account.of(settings, name, balance, link, () -> now);
    routes.add(account);
    return account;
  }
}
