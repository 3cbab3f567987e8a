package org.codius.daemon.client;

/** Buying, or talking to a host, failed. Carries what is wrong and what to do about it. */
public final class ClientException extends RuntimeException {

  private final String message;
  private final String help;

  public ClientException(String message, String help) {
    super(message);
    this.message = message;
    this.help = help;
  }

  public ClientException(String message, String help, Throwable cause) {
    super(message, cause);
    this.message = message;
    this.help = help;
  }

  /** Returns what is wrong, in a sentence or a list. */
  @Override
  public String getMessage() {
    return message;
  }

  /** Returns the next step, in a sentence, or an empty string if there is none to name. */
  public String help() {
    return help;
  }
}
