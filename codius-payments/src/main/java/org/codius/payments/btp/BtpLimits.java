package org.codius.payments.btp;

import io.netty.channel.WriteBufferWaterMark;

/** What a BTP message may measure. */
final class BtpLimits {

  /** The largest ILP packet is under 34,000 bytes; the rest is for BTP around it. */
  static final int MAXIMUM_FRAME = 64 * 1024;

  /** How many entries of protocol data a message may have; three are used. */
  static final int MAXIMUM_ENTRIES = 16;

  /** How long the name of an entry, or any text in an error, may be. */
  static final int MAXIMUM_NAME = 1024;

  /** So many messages that follow close on each other leave in one system call. */
  static final int TOGETHER = 16;

  /** Beyond this many bytes unsent, a link takes no more Prepares. What leaves together is less. */
  static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(128 << 10, 1 << 20);

  private BtpLimits() {}
}
