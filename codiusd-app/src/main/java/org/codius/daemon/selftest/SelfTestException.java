package org.codius.daemon.selftest;

import static java.util.Objects.requireNonNull;

/** The host could not buy from itself, or what it bought does not answer. */
public final class SelfTestException extends Exception {

  private final boolean wasPaid;
  private final String help;

  /**
   * @param wasPaid whether money went out
   * @param help the next step, in a sentence
   */
  SelfTestException(String message, boolean wasPaid, String help, Exception cause) {
    super(message, cause);
    this.wasPaid = wasPaid;
    this.help = help;
  }

  SelfTestException(String message, boolean wasPaid, String help) {
    super(message);
    this.wasPaid = wasPaid;
    this.help = help;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage(), "message");
  }

  boolean wasPaid() {
    return wasPaid;
  }

  String help() {
    return help;
  }
}
