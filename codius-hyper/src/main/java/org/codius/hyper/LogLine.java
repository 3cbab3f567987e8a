package org.codius.hyper;

import java.time.Instant;

/**
 * One line a container wrote.
 *
 * @param text without its line end
 */
public record LogLine(Instant at, String container, Stream stream, String text) {

  /** Where it was written. */
  public enum Stream {
    STDOUT,
    STDERR
  }
}
