package org.codius.daemon.cli;

/** What this program was called as, for commands that are printed to be typed. */
final class Program {

  private Program() {}

  static String name() {
    return System.getProperty("codiusd.program", "codiusd"); // set by bin/codiusd
  }
}
