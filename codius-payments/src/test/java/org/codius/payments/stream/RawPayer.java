package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.codius.payments.Invoice;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;

/** Pays packet by packet, as it is told to. Safe for use by several threads. */
final class RawPayer {

  private static final Frame OPENING = new Frame.StreamMaxMoney(1, 0, 0);

  private final PacketHandler path;
  private final Invoice invoice;
  private final StreamKeys keys;
  private final SecureRandom random = new SecureRandom();
  private final AtomicLong sequence = new AtomicLong();

  RawPayer(PacketHandler path, Invoice invoice) {
    this.path = path;
    this.invoice = invoice;
    keys = StreamKeys.of(invoice.secretBytes());
  }

  /** Opens the stream, without saying where the answers can be pushed to. */
  CompletionStage<InterledgerResponsePacket> open() {
    return send(0, OPENING);
  }

  CompletionStage<InterledgerResponsePacket> pay(long amount) {
    return send(amount, new Frame.StreamMoney(1, amount));
  }

  /** Sends data, and no money. */
  CompletionStage<InterledgerResponsePacket> write(long offset, byte[] bytes) {
    return send(0, new Frame.StreamData(1, offset, bytes));
  }

  private CompletionStage<InterledgerResponsePacket> send(long amount, Frame frame) {
    StreamPacket packet =
        new StreamPacket(StreamPacket.PREPARE, sequence.incrementAndGet(), amount, List.of(frame));
    byte[] data = keys.encrypt(StreamCodec.encode(packet), random);
    return path.handle(
        InterledgerPreparePacket.builder()
            .destination(invoice.destination())
            .amount(UnsignedLong.valueOf(amount))
            .executionCondition(keys.fulfillment(data).getCondition())
            .expiresAt(Instant.now().plusSeconds(30))
            .data(data)
            .build());
  }
}
