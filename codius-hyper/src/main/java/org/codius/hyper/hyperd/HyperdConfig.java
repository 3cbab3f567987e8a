package org.codius.hyper.hyperd;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.codius.hyper.PodId;
import org.codius.hyper.image.ImagePolicy;
import org.jspecify.annotations.Nullable;

/**
 * Where hyperd is and how patient to be with it.
 *
 * @param instance whose pods the driver runs, see {@link PodId}
 * @param guard what pods are held to; null for a hyperd that runs nobody's programs, as a simulated
 *     one does: hyperd pulls any image, and keeps no pod from anything
 */
public record HyperdConfig(
    Path socket, String instance, @Nullable Guard guard, Timeouts timeouts, Limits limits) {

  /** Where hyperd listens; it cannot be told otherwise. */
  public static final Path SOCKET = Path.of("/var/run/hyper.sock");

  public HyperdConfig {
    instance = new PodId(instance, "any").instance();
  }

  /** Returns the configuration that is right unless there is a reason. */
  public static HyperdConfig of(Path socket, String instance) {
    return new HyperdConfig(socket, instance, Guard.DEFAULT, Timeouts.DEFAULT, Limits.DEFAULT);
  }

  /** Returns this with pods held to {@code other} rules. */
  public HyperdConfig with(Guard other) {
    return new HyperdConfig(socket, instance, other, timeouts, limits);
  }

  /** Returns this with pods held to nothing. */
  public HyperdConfig unguarded() {
    return new HyperdConfig(socket, instance, null, timeouts, limits);
  }

  /**
   * What pods are held to. It needs to be root, on hyperd's own machine.
   *
   * @param images where images may come from
   * @param nameServers whom the pods ask for names; must be public, as pods reach nothing else
   */
  public record Guard(ImagePolicy images, List<String> nameServers) {

    static final Guard DEFAULT = new Guard(ImagePolicy.DEFAULT, List.of("1.1.1.1", "9.9.9.9"));

    public Guard {
      requireNonNull(images, "images");
      nameServers = List.copyOf(nameServers);
    }
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
   * @param calls that change something, at the same time; and as many logs may be read
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
