package org.codius.daemon.selftest;

import java.util.Optional;

/**
 * How things stand with the self test.
 *
 * @param last how the last one ended, be it one of an earlier run of the host
 */
@SuppressWarnings("OptionalUsedAsFieldOrParameterType") // a component is an accessor first
public record SelfTestStatus(SelfTestMode mode, State state, Optional<SelfTestResult> last) {

  /** What hosts are without one. */
  public static final SelfTestStatus OFF =
      new SelfTestStatus(SelfTestMode.OFF, State.OFF, Optional.empty());

  /** What there is to say of it in a word. */
  public enum State {
    OFF,
    /** The first is about to be made, or under way. */
    RUNNING,
    PASSED,
    FAILED
  }

  /** Returns whether nothing is known to be wrong. */
  public boolean isGood() {
    return state != State.FAILED;
  }

  /** Returns whether strangers may buy. */
  public boolean isOpen() {
    return mode != SelfTestMode.GATE || state == State.PASSED;
  }
}
