package org.codius.payments.stream;

import java.util.ArrayList;
import java.util.List;

/**
 * A STREAM packet (RFC 29 §5.2): what the data of an ILP packet is, decrypted.
 *
 * @param type of the ILP packet that carries it: {@link #PREPARE}, {@link #FULFILL}, {@link
 *     #REJECT}
 * @param sequence unsigned; an answer has its request's
 * @param prepareAmount unsigned; in a Prepare the least that must arrive, in an answer what did
 */
record StreamPacket(int type, long sequence, long prepareAmount, List<Frame> frames) {

  static final int PREPARE = 12;
  static final int FULFILL = 13;
  static final int REJECT = 14;

  StreamPacket {
    frames = List.copyOf(frames);
  }

  /** Returns the frames of one type, in their order. */
  <F extends Frame> List<F> frames(Class<F> type) {
    List<F> found = new ArrayList<>(frames.size()); // no stream: it is asked for every packet
    for (Frame frame : frames) {
      if (type.isInstance(frame)) {
        found.add(type.cast(frame));
      }
    }
    return found;
  }
}
