package org.codius.hyper.hyperd;

import java.nio.file.Path;
import java.time.Duration;
import org.codius.hyper.PodId;

/**
 * Where hyperd is and how patient to be with it.
 *
 * @param instance whose pods the driver runs, see {@link PodId}
 * @param acceptsOpenNetwork whether pods may run on hyperd's network as it is, which nothing
 *     filters; see {@link HyperdDriver}
 */
public record HyperdConfig(
    Path socket, String instance, boolean acceptsOpenNetwork, Timeouts timeouts, Limits limits) {

  /** Where hyperd listens; it cannot be told otherwise. */
  public static final Path SOCKET = Path.of("/var/run/hyper.sock");

  public HyperdConfig {
    instance = new PodId(instance, "any").instance();
  }

  /** Returns the configuration for {@code socket} which runs nothing on an open network. */
  public static HyperdConfig of(Path socket, String instance) {
    return new HyperdConfig(socket, instance, false, Timeouts.DEFAULT, Limits.DEFAULT);
  }

  /** Returns this with pods allowed to run on hyperd's network as it is. */
  public HyperdConfig acceptingOpenNetwork() {
    return new HyperdConfig(socket, instance, true, timeouts, limits);
  }

  /**
   * How long the calls may take.
   *
   * @param call a question: version, list, info
   * @param create booting a virtual machine
   * @param start starting the processes in it
   * @param remove stopping them; hyperd itself waits 5 s before it kills
   * @param pull a whole image
   * @param logSilence after which followed logs are checked for whether the container still runs
   * @param watch between two looks at what all pods do
   */
  public record Timeouts(
      Duration call,
      Duration create,
      Duration start,
      Duration remove,
      Duration pull,
      Duration logSilence,
      Duration watch) {

    /** Ten times what was measured, or more. */
    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            Duration.ofMinutes(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1));

    public Timeouts {
      for (Duration timeout :
          new Duration[] {call, create, start, remove, pull, logSilence, watch}) {
        if (timeout.isNegative() || timeout.isZero()) {
          throw new IllegalArgumentException(
              "timeout: " + timeout + " (expected: more than nothing)");
        }
      }
    }
  }

  /**
   * How much may be going on.
   *
   * @param calls that change something and logs being read, at the same time
   * @param questions that wait for one of the few connections they share
   * @param replyBytes of an answer other than logs and the progress of a pull
   * @param logLineBytes of a line; the rest of a longer one is left out
   */
  public record Limits(int calls, int questions, int replyBytes, int logLineBytes) {

    /** Room for a thousand pods. */
    public static final Limits DEFAULT = new Limits(512, 4096, 4 << 20, 64 << 10);

    public Limits {
      if (calls < 1 || questions < 1 || replyBytes < 1024 || logLineBytes < 64) {
        throw new IllegalArgumentException(
            ("limits: %d calls, %d questions, %d reply bytes, %d line bytes"
                    + " (expected: at least 1, 1, 1024, 64)")
                .formatted(calls, questions, replyBytes, logLineBytes));
      }
    }
  }
}
