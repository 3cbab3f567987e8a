package org.codius.daemon;

/** The daemon cannot start. Carries what is wrong, and what its operator can do about it. */
public final class StartException extends RuntimeException {

  private final String help;

  public StartException(String message, String help) {
    super(message);
    this.help = help;
  }

  public StartException(String message, String help, Throwable cause) {
    super(message, cause);
    this.help = help;
  }

  /** Returns the next step, in a sentence. */
  public String help() {
    return help;
  }
}
