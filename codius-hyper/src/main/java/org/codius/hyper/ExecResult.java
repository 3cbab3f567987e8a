package org.codius.hyper;

/**
 * How a program that was run in a container ended.
 *
 * @param stdout what it wrote, at most {@value #MAX_OUTPUT_BYTES} bytes of it
 * @param stderr likewise
 */
public record ExecResult(int exitCode, String stdout, String stderr) {

  /** How much is kept of each stream; the rest is left out. */
  public static final int MAX_OUTPUT_BYTES = 1 << 20;
}
