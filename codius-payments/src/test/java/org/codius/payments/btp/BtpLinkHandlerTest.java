package org.codius.payments.btp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.payments.Packets.ECHO;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Packets;
import org.codius.payments.ilp.IlpCodec;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BtpLinkHandlerTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final int MAXIMUM_PENDING = 2;
  private static final int FIRST_ID = -1; // the next one is 0: ids are unsigned and wrap

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final BtpLinkHandler link =
      new BtpLinkHandler(channel, () -> NOW, Duration.ofSeconds(35), MAXIMUM_PENDING, FIRST_ID);

  BtpLinkHandlerTest() {
    channel.freezeTime();
    channel.pipeline().addLast(link);
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void matchesAnswersToWhatWasAsked() {
    CompletionStage<InterledgerResponsePacket> first = link.handle(prepare(10));
    CompletionStage<InterledgerResponsePacket> second = link.handle(prepare(10));
    BtpPacket.Message one = channel.readOutbound();
    BtpPacket.Message two = channel.readOutbound();

    channel.writeInbound(response(two, Packets.fulfill((byte) 2)));
    channel.writeInbound(response(one, Packets.fulfill((byte) 1)));

    assertThat(List.of(one.requestId(), two.requestId())).containsExactly(-1, 0);
    assertThat(Packets.await(first).getData()).containsExactly(1);
    assertThat(Packets.await(second).getData()).containsExactly(2);
  }

  @Test
  void answersR00WhenThePacketHasExpiredAndIgnoresWhatComesLate() {
    CompletionStage<InterledgerResponsePacket> answer = link.handle(prepare(10));
    BtpPacket.Message asked = channel.readOutbound();

    elapse(9_999);
    assertThat(answer.toCompletableFuture()).isNotDone();
    elapse(1);

    assertThat(Packets.outcome(answer)).isEqualTo("R00");
    channel.writeInbound(response(asked, Packets.fulfill()));
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void waitsNoLongerThanItMayForAPacketThatExpiresLate() {
    CompletionStage<InterledgerResponsePacket> answer = link.handle(prepare(600));

    elapse(35_000);

    assertThat(Packets.outcome(answer)).isEqualTo("R00");
  }

  @Test
  void sendsNothingThatHasExpired() {
    assertThat(Packets.outcome(link.handle(prepare(0)))).isEqualTo("R00");
    assertThat(channel.<Object>readOutbound()).isNull();
  }

  @Test
  void hasOnlySoManyPacketsUnderWay() {
    CompletionStage<InterledgerResponsePacket> first = link.handle(prepare(10));
    link.handle(prepare(10));

    assertThat(Packets.outcome(link.handle(prepare(10)))).isEqualTo("T03");

    channel.writeInbound(response(channel.readOutbound(), Packets.fulfill()));
    assertThat(Packets.outcome(first)).isEqualTo("fulfilled ");
    assertThat(link.handle(prepare(10)).toCompletableFuture()).isNotDone();
  }

  @Test
  void answersOnlySoManyPacketsAtOnce() {
    link.onPrepare(prepare -> new CompletableFuture<>());
    channel.writeInbound(message(1, prepare(10)), message(2, prepare(10)));
    assertThat(channel.<Object>readOutbound()).isNull();

    channel.writeInbound(message(3, prepare(10)));

    assertThat(reject(3).getCode()).isEqualTo(InterledgerErrorCode.T03_CONNECTOR_BUSY);
  }

  @Test
  void answersT01ToAllWhenTheLinkBreaks() {
    CompletionStage<InterledgerResponsePacket> answer = link.handle(prepare(10));

    channel.close();

    assertThat(Packets.outcome(answer)).isEqualTo("T01");
    assertThat(Packets.outcome(link.handle(prepare(10)))).isEqualTo("T01");
    assertThat(link.closed().toCompletableFuture()).isCompleted();
    assertThat(link.isOpen()).isFalse();
  }

  @Test
  void answersT01WhenThePeerAnswersWithSomethingElse() {
    CompletionStage<InterledgerResponsePacket> failed = link.handle(prepare(10));
    CompletionStage<InterledgerResponsePacket> odd = link.handle(prepare(10));
    BtpPacket.Message one = channel.readOutbound();
    BtpPacket.Message two = channel.readOutbound();

    channel.writeInbound(BtpPacket.Failure.notAccepted(one.requestId(), NOW, "no"));
    channel.writeInbound(response(two, prepare(10)));

    assertThat(Packets.outcome(failed)).isEqualTo("T01");
    assertThat(Packets.outcome(odd)).isEqualTo("T01");
  }

  @Test
  void answersThePeersPrepares() {
    link.onPrepare(ECHO);

    channel.writeInbound(message(7, prepare(10, (byte) 'x')));

    assertThat(answer(7).getData()).containsExactly('x');
  }

  @Test
  void answersT00WhenTheHandlerBreaksItsWord() {
    link.onPrepare(
        prepare -> {
          throw new IllegalStateException("a bug, on purpose");
        });
    channel.writeInbound(message(1, prepare(10)));
    link.onPrepare(prepare -> CompletableFuture.completedStage(Packets.fulfill(new byte[40_000])));
    channel.writeInbound(message(2, prepare(10)));
    link.onPrepare(ECHO);
    channel.writeInbound(message(3, prepare(10)));

    assertThat(reject(1).getCode()).isEqualTo(InterledgerErrorCode.T00_INTERNAL_ERROR);
    assertThat(reject(2).getCode()).isEqualTo(InterledgerErrorCode.T00_INTERNAL_ERROR);
    assertThat(answer(3)).isNotInstanceOf(InterledgerRejectPacket.class);
  }

  @Test
  void answersF01ToWhatIsNoPacket() {
    BtpPacket junk =
        new BtpPacket.Message(
            1, List.of(ProtocolData.octets(ProtocolData.ILP, new byte[] {12, 1, 0})));

    channel.writeInbound(junk);

    assertThat(reject(1).getCode()).isEqualTo(InterledgerErrorCode.F01_INVALID_PACKET);
  }

  @Test
  void refusesWhatIsNotIlpAndAnswersNoAnswers() {
    channel.writeInbound(
        new BtpPacket.Message(1, List.of(ProtocolData.text("info", "hello"))),
        new BtpPacket.Transfer(2, 5, List.of()),
        message(3, Packets.fulfill()),
        new BtpPacket.Response(4, List.of()),
        BtpPacket.Failure.notAccepted(5, NOW, "no"));

    for (int id = 1; id <= 3; id++) {
      BtpPacket.Failure failure = channel.readOutbound();
      assertThat(failure.requestId()).isEqualTo(id);
      assertThat(failure.name()).isEqualTo("NotAcceptedError");
    }
    assertThat(channel.<Object>readOutbound()).isNull();
  }

  @Test
  void refusesToSendMoreThanAPacketHolds() {
    assertThat(Packets.outcome(link.handle(prepare(10, new byte[32_768])))).isEqualTo("F01");
  }

  private void elapse(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  private InterledgerRejectPacket reject(int requestId) {
    return (InterledgerRejectPacket) answer(requestId);
  }

  private InterledgerPacket answer(int requestId) {
    BtpPacket.Response response = channel.readOutbound();
    assertThat(response.requestId()).isEqualTo(requestId);
    return IlpCodec.decode(response.find(ProtocolData.ILP).orElseThrow().data());
  }

  private static InterledgerPreparePacket prepare(long seconds, byte... data) {
    return Packets.prepare(InterledgerAddress.of("test.a"), 1, NOW.plusSeconds(seconds), data);
  }

  private static BtpPacket message(int requestId, InterledgerPacket packet) {
    return new BtpPacket.Message(requestId, ilp(packet));
  }

  private static BtpPacket response(BtpPacket asked, InterledgerPacket packet) {
    return new BtpPacket.Response(asked.requestId(), ilp(packet));
  }

  private static List<ProtocolData> ilp(InterledgerPacket packet) {
    return List.of(ProtocolData.octets(ProtocolData.ILP, IlpCodec.encode(packet)));
  }
}
