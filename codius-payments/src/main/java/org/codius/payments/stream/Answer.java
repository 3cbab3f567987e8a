package org.codius.payments.stream;

import java.util.List;
import org.interledger.core.InterledgerErrorCode;
import org.jspecify.annotations.Nullable;

/** What came back for a Prepare of ours. */
sealed interface Answer {

  /** Returns the other end's STREAM packet, or null if it sent none, or none that belongs here. */
  @Nullable StreamPacket packet();

  /** Returns the frames of its packet. */
  default List<Frame> frames() {
    StreamPacket packet = packet();
    return packet == null ? List.of() : packet.frames();
  }

  /** It arrived, and the money is theirs. */
  record Fulfilled(@Nullable StreamPacket packet) implements Answer {}

  /**
   * It did not, or was refused.
   *
   * @param data what the reject carried, as it came
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Rejected(InterledgerErrorCode code, @Nullable StreamPacket packet, byte[] data)
      implements Answer {

    boolean is(InterledgerErrorCode other) {
      return code.getCode().equals(other.getCode());
    }

    /** Returns whether it was the other end itself that refused it, having read it. */
    boolean isRead() {
      return is(InterledgerErrorCode.F99_APPLICATION_ERROR) && packet != null;
    }

    /**
     * Returns whether it surely never reached the other end. Not so where a connection broke or
     * time ran out: then nobody knows.
     */
    boolean isUndelivered() {
      return is(InterledgerErrorCode.F02_UNREACHABLE)
          || is(InterledgerErrorCode.F08_AMOUNT_TOO_LARGE)
          || is(InterledgerErrorCode.T02_PEER_BUSY)
          || is(InterledgerErrorCode.T03_CONNECTOR_BUSY)
          || is(InterledgerErrorCode.T04_INSUFFICIENT_LIQUIDITY)
          || is(InterledgerErrorCode.T05_RATE_LIMITED);
    }

    /**
     * Returns whether its money may be the other end's all the same: the answer was lost, or did
     * not come in time.
     */
    boolean isUnknown() {
      return is(InterledgerErrorCode.R00_TRANSFER_TIMED_OUT)
          || is(InterledgerErrorCode.T01_PEER_UNREACHABLE);
    }

    /** Returns whether the same may work later: a temporary or relative code. */
    boolean mayPass() {
      return code.getErrorFamily() != InterledgerErrorCode.ErrorFamily.FINAL;
    }
  }
}
