package org.codius.payments.btp;

/** What a BTP message may measure. */
final class BtpLimits {

  /** The largest ILP packet is under 34,000 bytes; the rest is for BTP around it. */
  static final int MAXIMUM_FRAME = 64 * 1024;

  /** How many entries of protocol data a message may have; three are used. */
  static final int MAXIMUM_ENTRIES = 16;

  /** How long the name of an entry, or any text in an error, may be. */
  static final int MAXIMUM_NAME = 1024;

  private BtpLimits() {}
}
