package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.codius.payments.Asset;
import org.codius.payments.ilp.OerException;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a receiving connection answers a packet (RFC 29 §4.2 to §4.6, in the order in which the
 * JavaScript implementation goes about it).
 *
 * <p>Control frames and data count even in a packet that is refused: the payer's address comes that
 * way only. Confined to the connection's sequence.
 */
final class ReceiverRules {

  private static final Logger log = LoggerFactory.getLogger(ReceiverRules.class);

  /** The one stream a connection has; the payer opens it, so it is odd. */
  static final long STREAM = 1;

  /** What a payer is told whose connection we close: without both frames it hangs. */
  static final List<Frame> GOOD_BYE =
      List.of(
          new Frame.StreamClose(STREAM, CloseCode.NO_ERROR, ""),
          new Frame.ConnectionClose(CloseCode.NO_ERROR, ""));

  /** Money is not booked for an answer with less time than this to get back. */
  private static final Duration ROOM_TO_ANSWER = Duration.ofMillis(200);

  /**
   * What a packet led to.
   *
   * @param response completes within the sequence
   * @param isFromPayer whether it proved that it knows the secret
   * @param newAddress where the payer says it is, if it says so
   * @param isOpened whether it opened the stream
   */
  record Outcome(
      CompletionStage<InterledgerResponsePacket> response,
      boolean isFromPayer,
      @Nullable InterledgerAddress newAddress,
      boolean isOpened) {}

  private final Surroundings around;
  private final StreamKeys keys;
  private final MoneyGate gate;
  private final Till till;
  private final Confirmations confirmations;
  private final DataChannel data;
  private final Replies replies;
  private final ReplayWindow replays = new ReplayWindow();

  private boolean isPayerKnown; // where it can be reached
  private volatile boolean isOpened;
  private volatile boolean isEnded; // the payer closed the stream
  private volatile boolean isOver; // and the connection
  private volatile boolean isClosing; // we closed both, and the payer may not know yet

  ReceiverRules(
      Surroundings around,
      StreamKeys keys,
      MoneyGate gate,
      Till till,
      Confirmations confirmations,
      DataChannel data) {
    this.around = around;
    this.confirmations = confirmations;
    this.keys = keys;
    this.gate = gate;
    this.till = till;
    this.data = data;
    replies = new Replies(keys, around.random(), around.uplink()::address);
  }

  boolean isOpen() {
    return isOpened && !isEnded && !isOver && !isClosing;
  }

  boolean isEnded() {
    return isEnded;
  }

  boolean isOver() {
    return isOver;
  }

  /** Refuses everything from now on, with a good-bye. */
  void close() {
    isClosing = true;
  }

  /** Returns what the payer is told of the stream with every answer. */
  List<Frame> streamFrames() {
    if (!isOpen()) {
      return List.of();
    }
    List<Frame> frames = new ArrayList<>(data.limits());
    frames.add(gate.frame());
    return frames;
  }

  /** Takes what the payer said in an answer. */
  void hear(List<Frame> frames) {
    for (Frame frame : frames) {
      if (frame instanceof Frame.StreamClose close && close.streamId() == STREAM) {
        isEnded = true;
      } else if (frame instanceof Frame.ConnectionClose) {
        isOver = true;
      }
    }
  }

  Outcome apply(InterledgerPreparePacket prepare) {
    Instant now = around.clock().instant();
    if (!prepare.getExpiresAt().isAfter(now)) {
      return stranger(InterledgerErrorCode.R00_TRANSFER_TIMED_OUT);
    }
    Optional<StreamPacket> request = read(prepare.getData());
    if (request.isEmpty()) {
      return stranger(InterledgerErrorCode.F06_UNEXPECTED_PAYMENT);
    }
    StreamPacket packet = request.get();
    if (!replays.admit(packet.sequence())) {
      log.debug("packet seen before sequence={}", packet.sequence());
      return new Outcome(now(replies.refuse(prepare, packet, streamFrames())), false, null, false);
    }
    if (isClosing) {
      return new Outcome(now(replies.refuse(prepare, packet, GOOD_BYE)), true, null, false);
    }
    boolean wasOpened = isOpened;
    List<Frame> extra = new ArrayList<>();
    InterledgerAddress address = readAddress(packet, extra);
    CompletionStage<InterledgerResponsePacket> response;
    if (!readStreams(packet, extra) || !readData(packet, extra)) {
      isOver = true;
      response = now(replies.refuse(prepare, packet, extra));
    } else {
      hear(packet.frames());
      till.hear(prepare.getAmount(), packet);
      response = answer(prepare, packet, extra);
    }
    return new Outcome(response, true, address, isOpened && !wasOpened);
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

  /** Returns the address in a packet, and answers it with who we are: it is asked only there. */
  private @Nullable InterledgerAddress readAddress(StreamPacket packet, List<Frame> extra) {
    InterledgerAddress address = null;
    for (Frame.ConnectionNewAddress frame : packet.frames(Frame.ConnectionNewAddress.class)) {
      try {
        address = InterledgerAddress.of(frame.address());
        isPayerKnown = true;
      } catch (IllegalArgumentException e) {
        log.debug("payer's address is none: {}", e.getMessage());
      }
      Asset asset = around.uplink().asset();
      extra.add(new Frame.ConnectionMaxStreamId(STREAM));
      extra.add(new Frame.ConnectionAssetDetails(asset.code(), asset.scale()));
    }
    return address;
  }

  /** Opens the stream if a frame is for it, and returns whether no frame is for another one. */
  private boolean readStreams(StreamPacket packet, List<Frame> extra) {
    for (Frame frame : packet.frames()) {
      Optional<Long> stream = opens(frame);
      if (stream.isEmpty()) {
        continue;
      }
      if (stream.get() != STREAM) {
        extra.add(
            stream.get() % 2 == 0
                ? new Frame.ConnectionClose(
                    CloseCode.PROTOCOL_VIOLATION, "a payer's stream has an odd id")
                : new Frame.ConnectionClose(
                    CloseCode.STREAM_ID_ERROR, "one stream to a connection"));
        return false;
      }
      isOpened = true;
    }
    return true;
  }

  /** Takes the packet's data, and returns whether it kept to what we allowed. */
  private boolean readData(StreamPacket packet, List<Frame> extra) {
    if (!isOpen()) {
      return true; // nobody is there to read it
    }
    if (!data.take(packet.frames())) {
      extra.add(
          new Frame.ConnectionClose(CloseCode.FLOW_CONTROL_ERROR, "more data than was allowed"));
      return false;
    }
    return true;
  }

  private static Optional<Long> opens(Frame frame) {
    if (frame instanceof Frame.StreamMoney money) {
      return Optional.of(money.streamId());
    }
    if (frame instanceof Frame.StreamData data) {
      return Optional.of(data.streamId());
    }
    if (frame instanceof Frame.StreamMaxMoney max) {
      return Optional.of(max.streamId());
    }
    if (frame instanceof Frame.StreamMaxData max) {
      return Optional.of(max.streamId());
    }
    return Optional.empty();
  }

  private CompletionStage<InterledgerResponsePacket> answer(
      InterledgerPreparePacket prepare, StreamPacket packet, List<Frame> extra) {
    UnsignedLong amount = prepare.getAmount();
    boolean isEnough = amount.compareTo(UnsignedLong.fromLongBits(packet.prepareAmount())) >= 0;
    if (!isEnough || !keys.canFulfill(prepare.getData(), prepare.getExecutionCondition())) {
      return now(replies.refuse(prepare, packet, frames(extra)));
    }
    if (amount.equals(UnsignedLong.ZERO)) {
      return now(replies.fulfill(prepare, packet, frames(extra)));
    }
    InterledgerResponsePacket refusal = refusal(prepare, packet, extra);
    if (refusal != null) {
      return now(refusal);
    }
    return till.book(prepare.getAmount(), packet.sequence())
        .handle(
            (receipt, failure) -> {
              if (receipt != null) {
                InterledgerResponsePacket fulfill = replies.fulfill(prepare, packet, frames(extra));
                confirmations.expect(fulfill, receipt);
                return fulfill;
              }
              log.warn("ledger failed, packet not taken", failure);
              return replies.reject(InterledgerErrorCode.T00_INTERNAL_ERROR);
            });
  }

  /** Returns why the packet's money is not taken, or null if it is. */
  private @Nullable InterledgerResponsePacket refusal(
      InterledgerPreparePacket prepare, StreamPacket packet, List<Frame> extra) {
    BigInteger shares = shares(packet);
    if (shares.signum() == 0) {
      return replies.refuse(prepare, packet, frames(extra)); // nobody would have it
    }
    if (!isOpen()) {
      extra.add(new Frame.StreamClose(STREAM, CloseCode.STREAM_STATE_ERROR, "stream is closed"));
      return replies.refuse(prepare, packet, frames(extra));
    }
    if (!till.admits(prepare.getAmount(), shares)) {
      // A payer that was told of more once believes it for ever, and would try again at once. One
      // that we cannot reach, as after a restart, would wait for a word from us for ever.
      return gate.wasWider() || !isPayerKnown
          ? replies.reject(InterledgerErrorCode.T99_APPLICATION_ERROR)
          : replies.refuse(prepare, packet, frames(extra));
    }
    if (prepare.getExpiresAt().isBefore(around.clock().instant().plus(ROOM_TO_ANSWER))) {
      return replies.reject(InterledgerErrorCode.R02_INSUFFICIENT_TIMEOUT);
    }
    return null;
  }

  private static BigInteger shares(StreamPacket packet) {
    BigInteger shares = BigInteger.ZERO;
    for (Frame.StreamMoney money : packet.frames(Frame.StreamMoney.class)) {
      shares = shares.add(UnsignedLong.fromLongBits(money.shares()).bigIntegerValue());
    }
    return shares;
  }

  private List<Frame> frames(List<Frame> extra) {
    List<Frame> frames = new ArrayList<>(extra);
    frames.addAll(streamFrames());
    return frames;
  }

  private Outcome stranger(InterledgerErrorCode code) {
    return new Outcome(now(replies.reject(code)), false, null, false);
  }

  private static CompletionStage<InterledgerResponsePacket> now(InterledgerResponsePacket packet) {
    return CompletableFuture.completedFuture(packet);
  }
}
