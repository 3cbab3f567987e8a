package org.codius.daemon.config;

/** The configuration is of no use. Names everything that is wrong with it. */
public final class InvalidConfigException extends RuntimeException {

  private final String help;

  InvalidConfigException(String message, String help) {
    super(message);
    this.help = help;
  }

  InvalidConfigException(String message, String help, Throwable cause) {
    super(message, cause);
    this.help = help;
  }

  /** Returns the next step, in a sentence. */
  public String help() {
    return help;
  }
}
