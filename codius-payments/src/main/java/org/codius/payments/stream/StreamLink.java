package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;
import org.codius.payments.ilp.OerException;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerCondition;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a connection's own packets and reads what comes back.
 *
 * <p>Confined to the connection's sequence; answers arrive on whatever thread the uplink has.
 */
final class StreamLink {

  private static final Logger log = LoggerFactory.getLogger(StreamLink.class);

  /** So long a Prepare of ours may be on its way, as in the JavaScript implementation. */
  private static final Duration EXPIRY = Duration.ofSeconds(30);

  /** Both ends share one key: no more packets than this with it (RFC 29 §5.1.3). */
  private static final long MAXIMUM_SEQUENCE = 1L << 31;

  private static final int CONDITION = 32;

  private final PacketHandler uplink;
  private final StreamKeys keys;
  private final InstantSource clock;
  private final SecureRandom random;
  private long sequence;

  StreamLink(PacketHandler uplink, StreamKeys keys, InstantSource clock, SecureRandom random) {
    this.uplink = uplink;
    this.keys = keys;
    this.clock = clock;
    this.random = random;
  }

  /** Returns whether the connection has used up its keys and has to end. */
  boolean isExhausted() {
    return sequence >= MAXIMUM_SEQUENCE;
  }

  /**
   * Sends a packet the other end can fulfil.
   *
   * @param minimum the least that must arrive, unsigned
   */
  CompletionStage<Answer> send(
      InterledgerAddress to, UnsignedLong amount, long minimum, List<Frame> frames) {
    StreamPacket packet = new StreamPacket(StreamPacket.PREPARE, ++sequence, minimum, frames);
    byte[] data = keys.encrypt(StreamCodec.encode(packet), random);
    return send(packet, to, amount, keys.fulfillment(data).getCondition(), data);
  }

  /** Sends a packet nobody can fulfil: the answer tells how much of it would have arrived. */
  CompletionStage<Answer> probe(InterledgerAddress to, UnsignedLong amount, List<Frame> frames) {
    StreamPacket packet = new StreamPacket(StreamPacket.PREPARE, ++sequence, 0, frames);
    byte[] condition = new byte[CONDITION];
    random.nextBytes(condition);
    byte[] data = keys.encrypt(StreamCodec.encode(packet), random);
    return send(packet, to, amount, InterledgerCondition.of(condition), data);
  }

  private CompletionStage<Answer> send(
      StreamPacket packet,
      InterledgerAddress to,
      UnsignedLong amount,
      InterledgerCondition condition,
      byte[] data) {
    InterledgerPreparePacket prepare =
        InterledgerPreparePacket.builder()
            .destination(to)
            .amount(amount)
            .executionCondition(condition)
            .expiresAt(clock.instant().plus(EXPIRY))
            .data(data)
            .build();
    return uplink
        .handle(prepare)
        .handle(
            (response, failure) -> {
              if (failure != null) { // the contract forbids it: an end must not hang on it though
                log.warn("uplink failed", unwrap(failure));
                return new Answer.Rejected(InterledgerErrorCode.T01_PEER_UNREACHABLE, null, data);
              }
              return read(packet.sequence(), condition, response);
            });
  }

  private Answer read(
      long request, InterledgerCondition condition, InterledgerResponsePacket response) {
    return response.map(
        fulfill -> readFulfill(request, condition, fulfill), reject -> readReject(request, reject));
  }

  private Answer readFulfill(
      long request, InterledgerCondition condition, InterledgerFulfillPacket fulfill) {
    if (!fulfill.getFulfillment().getCondition().equals(condition)) {
      log.warn("fulfillment does not fit its condition");
      return new Answer.Rejected(InterledgerErrorCode.F05_WRONG_CONDITION, null, fulfill.getData());
    }
    return new Answer.Fulfilled(open(fulfill.getData(), StreamPacket.FULFILL, request));
  }

  private Answer readReject(long request, InterledgerRejectPacket reject) {
    return new Answer.Rejected(
        reject.getCode(), open(reject.getData(), StreamPacket.REJECT, request), reject.getData());
  }

  private @Nullable StreamPacket open(byte[] data, int type, long request) {
    Optional<byte[]> plain = keys.decrypt(data);
    if (plain.isEmpty()) {
      return null;
    }
    try {
      StreamPacket packet = StreamCodec.decode(plain.get());
      return packet.type() == type && packet.sequence() == request ? packet : null;
    } catch (OerException e) {
      log.debug("unreadable answer: {}", e.getMessage());
      return null;
    }
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
