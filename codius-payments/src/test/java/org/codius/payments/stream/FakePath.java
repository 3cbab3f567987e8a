package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.codius.payments.Asset;
import org.codius.payments.PacketHandler;
import org.codius.payments.Uplink;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * A payer and a host, and the path between them, in memory: with a rate, a largest packet, delays,
 * losses and copies, all of it as ordered.
 */
final class FakePath {

  static final Asset XRP = new Asset("XRP", 9);

  private final ScheduledExecutorService timer;
  private final End payer = new End(InterledgerAddress.of("test.payer"));
  private final End host = new End(InterledgerAddress.of("test.host"));

  @GuardedBy("this")
  private final Random random = new Random(20260101);

  private volatile BigInteger multiplier = BigInteger.ONE;
  private volatile BigInteger divisor = BigInteger.ONE;
  private volatile BigInteger largest = UnsignedLong.MAX_VALUE.bigIntegerValue();
  private final AtomicInteger untilRefused = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private volatile InterledgerErrorCode refusal = InterledgerErrorCode.F00_BAD_REQUEST;
  private volatile int lossPercent;
  private volatile int copyPercent;
  private volatile int maximumDelayMillis;

  FakePath(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  Uplink payer() {
    return payer;
  }

  Uplink host() {
    return host;
  }

  /** Has packets from payer to host arrive as {@code multiplier / divisor} of their amount. */
  void exchange(long multiplier, long divisor) {
    this.multiplier = BigInteger.valueOf(multiplier);
    this.divisor = BigInteger.valueOf(divisor);
  }

  void takeAtMost(long largest) {
    this.largest = BigInteger.valueOf(largest);
  }

  /** Has {@code packets} with money rejected with {@code code}, once {@code passed} got through. */
  void refuse(InterledgerErrorCode code, int passed, int packets) {
    refusal = code;
    untilRefused.set(passed);
    refused.set(packets);
  }

  private boolean isRefused(InterledgerPreparePacket prepare) {
    return prepare.getAmount().longValue() > 0
        && refused.get() > 0
        && untilRefused.getAndDecrement() <= 0
        && refused.getAndDecrement() > 0;
  }

  void loseCopyAndDelay(int lossPercent, int copyPercent, int maximumDelayMillis) {
    this.lossPercent = lossPercent;
    this.copyPercent = copyPercent;
    this.maximumDelayMillis = maximumDelayMillis;
  }

  private CompletionStage<InterledgerResponsePacket> carry(
      End from, InterledgerPreparePacket prepare) {
    BigInteger amount = prepare.getAmount().bigIntegerValue();
    if (amount.compareTo(largest) > 0) {
      byte[] data =
          ByteBuffer.allocate(2 * Long.BYTES)
              .putLong(amount.longValue())
              .putLong(largest.longValue())
              .array();
      return answer(InterledgerErrorCode.F08_AMOUNT_TOO_LARGE, data);
    }
    if (isRefused(prepare)) {
      return answer(refusal, new byte[0]);
    }
    if (happens(lossPercent)) {
      return later(() -> answer(InterledgerErrorCode.R00_TRANSFER_TIMED_OUT, new byte[0]));
    }
    BigInteger arriving = from == payer ? amount.multiply(multiplier).divide(divisor) : amount;
    InterledgerPreparePacket arrived =
        InterledgerPreparePacket.builder()
            .from(prepare)
            .amount(UnsignedLong.valueOf(arriving))
            .build();
    PacketHandler to = (from == payer ? host : payer).handler;
    CompletionStage<InterledgerResponsePacket> response = later(() -> to.handle(arrived));
    if (happens(copyPercent)) {
      // The path's copy is a packet of its own; its answer goes nowhere.
      response = response.thenCompose(first -> to.handle(arrived).thenApply(second -> first));
    }
    return response;
  }

  private CompletionStage<InterledgerResponsePacket> later(
      java.util.function.Supplier<CompletionStage<InterledgerResponsePacket>> step) {
    if (maximumDelayMillis == 0) {
      return step.get();
    }
    CompletableFuture<InterledgerResponsePacket> result = new CompletableFuture<>();
    timer.schedule(
        () -> step.get().thenAccept(result::complete), delayMillis(), TimeUnit.MILLISECONDS);
    return result;
  }

  private synchronized int delayMillis() {
    return random.nextInt(maximumDelayMillis);
  }

  private synchronized boolean happens(int percent) {
    return random.nextInt(100) < percent;
  }

  private static CompletionStage<InterledgerResponsePacket> answer(
      InterledgerErrorCode code, byte[] data) {
    return CompletableFuture.completedFuture(
        InterledgerRejectPacket.builder().code(code).message("").data(data).build());
  }

  private final class End implements Uplink {

    private final InterledgerAddress address;
    private volatile PacketHandler handler =
        prepare -> answer(InterledgerErrorCode.T00_INTERNAL_ERROR, new byte[0]);

    private End(InterledgerAddress address) {
      this.address = address;
    }

    @Override
    public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
      return carry(this, prepare);
    }

    @Override
    public InterledgerAddress address() {
      return address;
    }

    @Override
    public Asset asset() {
      return XRP;
    }

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public void onPrepare(PacketHandler handler) {
      this.handler = handler; // whoever comes last
    }

    @Override
    public void offPrepare(PacketHandler handler) {}

    @Override
    public void close() {}
  }
}
