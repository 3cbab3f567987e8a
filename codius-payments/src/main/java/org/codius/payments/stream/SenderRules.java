package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.codius.payments.ilp.OerException;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a paying connection answers a packet: it takes data, limits and good-byes, and no money.
 *
 * <p>A packet that comes again does no harm here: data counts by its offset, limits only grow. So
 * sequence numbers are not looked at, and a receiver that was restarted may count from 1 again.
 *
 * <p>Confined to the connection's sequence.
 */
final class SenderRules {

  private static final Logger log = LoggerFactory.getLogger(SenderRules.class);

  /** The one stream a connection has. We open it, so it is odd. */
  static final long STREAM = 1;

  static final List<Frame> GOOD_BYE =
      List.of(
          new Frame.StreamClose(STREAM, CloseCode.NO_ERROR, ""),
          new Frame.ConnectionClose(CloseCode.NO_ERROR, ""));

  /** An answer, and what the packet said. */
  record Outcome(InterledgerResponsePacket response, List<Frame> frames) {}

  private final StreamKeys keys;
  private final Replies replies;
  private final DataChannel data;

  SenderRules(StreamKeys keys, Replies replies, DataChannel data) {
    this.keys = keys;
    this.replies = replies;
    this.data = data;
  }

  /** Returns what we take on the stream: no money, and so much data. */
  List<Frame> streamFrames() {
    List<Frame> frames = new ArrayList<>(data.limits());
    frames.add(new Frame.StreamMaxMoney(STREAM, 0, 0));
    return frames;
  }

  Outcome apply(InterledgerPreparePacket prepare) {
    Optional<StreamPacket> request = read(prepare.getData());
    if (request.isEmpty()) {
      return new Outcome(replies.reject(InterledgerErrorCode.F06_UNEXPECTED_PAYMENT), List.of());
    }
    StreamPacket packet = request.get();
    if (!data.take(packet.frames())) {
      Frame close =
          new Frame.ConnectionClose(CloseCode.FLOW_CONTROL_ERROR, "more data than was allowed");
      return new Outcome(replies.refuse(prepare, packet, List.of(close)), List.of(close));
    }
    boolean canFulfill =
        prepare.getAmount().equals(UnsignedLong.ZERO)
            && packet.prepareAmount() == 0
            && keys.canFulfill(prepare.getData(), prepare.getExecutionCondition());
    return new Outcome(
        canFulfill
            ? replies.fulfill(prepare, packet, streamFrames())
            : replies.refuse(prepare, packet, streamFrames()),
        packet.frames());
  }

  private Optional<StreamPacket> read(byte[] data) {
    try {
      return keys.decrypt(data)
          .map(StreamCodec::decode)
          .filter(packet -> packet.type() == StreamPacket.PREPARE);
    } catch (OerException e) {
      log.debug("unreadable packet: {}", e.getMessage());
      return Optional.empty();
    }
  }
}
