package org.codius.hyper.auto;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.function.Supplier;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.cri.CriProbe;
import org.codius.hyper.host.HostProgram;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers in a file which runtimes worked, so that a start tries only what is new. A failure is
 * forgotten after a day: the machine may just have been busy.
 */
final class ProbeNotes {

  private static final Logger log = LoggerFactory.getLogger(ProbeNotes.class);

  private static final Duration FORGIVEN = Duration.ofDays(1);
  private static final int MOST_NOTES = 64;
  private static final String WORKED = "worked";
  private static final String WORKED_MAPPED = "worked with user namespaces";

  private static final String[] PROGRAMS = {
    "containerd",
    "containerd-shim-runc-v2",
    "containerd-shim-runsc-v1",
    "containerd-shim-kata-v2",
    "runc",
    "runsc"
  };

  private final Path file;
  private final InstantSource clock;

  ProbeNotes(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  /**
   * Returns what there is noted under {@code key}, or does the probe and notes what came of it.
   *
   * @throws PodDriverException if the probe failed, now or not long ago
   */
  CriProbe probe(String key, Supplier<CriProbe> probe) {
    Properties notes = read();
    String note = notes.getProperty(key, "");
    if (note.equals(WORKED) || note.equals(WORKED_MAPPED)) {
      return new CriProbe(note.equals(WORKED_MAPPED));
    }
    Optional<String> failure = failure(note);
    if (failure.isPresent()) {
      throw new PodDriverException(Reason.START_FAILED, failure.get());
    }
    if (notes.size() >= MOST_NOTES) {
      notes.clear();
    }
    try {
      CriProbe result = probe.get();
      notes.setProperty(key, result.hasUserNamespaces() ? WORKED_MAPPED : WORKED);
      return result;
    } catch (PodDriverException e) {
      notes.setProperty(key, clock.instant() + " " + e.getMessage());
      throw e;
    } finally {
      write(notes);
    }
  }

  static String words(CriProbe probe) {
    return "a pod ran to its exit, "
        + (probe.hasUserNamespaces() ? "in a user namespace" : "without a user namespace");
  }

  /** Returns something that changes whenever one of the programs behind a runtime does. */
  static String installed(@Nullable Path program) {
    StringJoiner all = new StringJoiner(" ");
    all.add(System.getProperty("os.version"));
    for (String name : PROGRAMS) {
      HostProgram.find(name).ifPresent(found -> all.add(version(found.path())));
    }
    if (program != null) {
      all.add(version(program));
    }
    return all.toString();
  }

  private static String version(Path program) {
    try {
      return "%s=%d@%d"
          .formatted(
              program.getFileName(),
              Files.size(program),
              Files.getLastModifiedTime(program).toMillis());
    } catch (IOException e) {
      return program.getFileName() + "=?";
    }
  }

  /** Returns what went wrong, if it is not long ago. */
  private Optional<String> failure(String note) {
    int space = note.indexOf(' ');
    if (space < 0) {
      return Optional.empty();
    }
    Instant since = Instant.parse(note.substring(0, space));
    return since.plus(FORGIVEN).isAfter(clock.instant())
        ? Optional.of(note.substring(space + 1) + " (seen " + since + ")")
        : Optional.empty();
  }

  private Properties read() {
    Properties notes = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      notes.load(in);
    } catch (NoSuchFileException e) {
      log.debug("no notes of runtimes yet file={}", file);
    } catch (IOException | IllegalArgumentException e) {
      log.warn("notes of runtimes not read, all are tried anew file={}", file, e);
    }
    return notes;
  }

  private void write(Properties notes) {
    try (OutputStream out = Files.newOutputStream(file)) {
      notes.store(out, null);
    } catch (IOException e) {
      log.warn("notes of runtimes not kept, they are tried again file={}", file, e);
    }
  }
}
