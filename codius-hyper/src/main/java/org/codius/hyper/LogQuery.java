package org.codius.hyper;

import java.time.Instant;

/**
 * Which of a pod's lines to read.
 *
 * @param follow whether to go on with new lines after those there are, until the pod ends or the
 *     subscription is cancelled
 * @param tail so many of the last lines of each container that there are; all if {@link
 *     Integer#MAX_VALUE}
 * @param since no line older than this
 */
public record LogQuery(boolean follow, int tail, Instant since) {

  /** All lines there are. */
  public static final LogQuery ALL = new LogQuery(false, Integer.MAX_VALUE, Instant.EPOCH);

  /** All lines there are and those to come. */
  public static final LogQuery FOLLOW = new LogQuery(true, Integer.MAX_VALUE, Instant.EPOCH);

  public LogQuery {
    if (tail < 0) {
      throw new IllegalArgumentException("tail: " + tail + " lines (expected: at least 0)");
    }
  }

  /** Returns this with only the last {@code lines} of each container. */
  public LogQuery tail(int lines) {
    return new LogQuery(follow, lines, since);
  }

  /** Returns this without lines older than {@code time}. */
  public LogQuery since(Instant time) {
    return new LogQuery(follow, tail, time);
  }
}
