package org.codius.daemon.selftest;

/** What becomes of the self test. */
public enum SelfTestMode {
  /** It is not made. */
  OFF,
  /** Whoever asks is told how it ended. */
  REPORT,
  /** And nothing is sold unless it went well, as in the original. */
  GATE
}
