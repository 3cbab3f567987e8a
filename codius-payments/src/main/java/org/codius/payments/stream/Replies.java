package org.codius.payments.stream;

import java.security.SecureRandom;
import java.util.List;
import java.util.function.Supplier;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;

/** Writes the answers to a connection's Prepares. Safe for use by several threads. */
final class Replies {

  private final StreamKeys keys;
  private final SecureRandom random;
  private final Supplier<InterledgerAddress> us;

  Replies(StreamKeys keys, SecureRandom random, Supplier<InterledgerAddress> us) {
    this.keys = keys;
    this.random = random;
    this.us = us;
  }

  /** Takes the packet, and its money. */
  InterledgerResponsePacket fulfill(
      InterledgerPreparePacket prepare, StreamPacket request, List<Frame> frames) {
    return InterledgerFulfillPacket.builder()
        .fulfillment(keys.fulfillment(prepare.getData()))
        .data(answer(StreamPacket.FULFILL, prepare, request, frames))
        .build();
  }

  /** Refuses the packet (F99), and says what arrived of it and why not more. */
  InterledgerResponsePacket refuse(
      InterledgerPreparePacket prepare, StreamPacket request, List<Frame> frames) {
    return InterledgerRejectPacket.builder()
        .code(InterledgerErrorCode.F99_APPLICATION_ERROR)
        .triggeredBy(us.get())
        .message("")
        .data(answer(StreamPacket.REJECT, prepare, request, frames))
        .build();
  }

  InterledgerResponsePacket reject(InterledgerErrorCode code) {
    return reject(us.get(), code);
  }

  /** Rejects without a word, as the JavaScript implementation does: a word could be a hint. */
  static InterledgerResponsePacket reject(InterledgerAddress us, InterledgerErrorCode code) {
    return InterledgerRejectPacket.builder().code(code).triggeredBy(us).message("").build();
  }

  private byte[] answer(
      int type, InterledgerPreparePacket prepare, StreamPacket request, List<Frame> frames) {
    long arrived = prepare.getAmount().longValue();
    StreamPacket packet = new StreamPacket(type, request.sequence(), arrived, frames);
    return keys.encrypt(StreamCodec.encode(packet), random);
  }
}
