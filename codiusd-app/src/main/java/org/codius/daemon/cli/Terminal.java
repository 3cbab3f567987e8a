package org.codius.daemon.cli;

import java.io.Console;
import java.util.Optional;

/** The person at the terminal, if there is one. */
final class Terminal {

  private Terminal() {}

  /** Returns the answer to {@code question}, or empty if there is nobody to ask. */
  @SuppressWarnings("SystemConsoleNull") // from JDK 22 on it is the answer that is null
  static Optional<String> ask(String question) {
    Console console = System.console();
    if (console == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(console.readLine("%s ", question)).map(String::strip);
  }
}
