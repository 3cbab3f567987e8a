package org.codius.payments;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.primitives.UnsignedLong;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerFulfillment;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;

/** Packets to test with, all under one fulfilment. */
public final class Packets {

  public static final InterledgerFulfillment FULFILMENT = InterledgerFulfillment.of(new byte[32]);

  /** Fulfils everything, and sends the data back. */
  public static final PacketHandler ECHO =
      prepare -> CompletableFuture.completedStage(fulfill(prepare.getData()));

  private Packets() {}

  public static InterledgerPreparePacket prepare(InterledgerAddress to, long amount, byte... data) {
    return prepare(to, amount, Instant.now().plus(Duration.ofSeconds(20)), data);
  }

  public static InterledgerPreparePacket prepare(
      InterledgerAddress to, long amount, Instant expiry, byte... data) {
    return InterledgerPreparePacket.builder()
        .destination(to)
        .amount(UnsignedLong.fromLongBits(amount))
        .expiresAt(expiry)
        .executionCondition(FULFILMENT.getCondition())
        .data(data)
        .build();
  }

  public static InterledgerFulfillPacket fulfill(byte... data) {
    return InterledgerFulfillPacket.builder().fulfillment(FULFILMENT).data(data).build();
  }

  /** Returns the code of a reject, or the data of a fulfill as text. */
  public static String outcome(CompletionStage<InterledgerResponsePacket> response) {
    return await(response)
        .map(
            fulfill -> "fulfilled " + new String(fulfill.getData(), UTF_8),
            reject -> reject.getCode().getCode());
  }

  public static InterledgerRejectPacket reject(
      CompletionStage<InterledgerResponsePacket> response) {
    return (InterledgerRejectPacket) await(response);
  }

  public static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
