package org.codius.hyper.auto;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.function.Function;
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

  /** Locks of files are the process's, not the thread's. */
  private static final Object ONE_AT_A_TIME = new Object();

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

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
    this.file = file.toAbsolutePath();
    this.clock = clock;
  }

  /**
   * Returns what there is noted under {@code key}, or does the probe and notes what came of it. Of
   * several that ask, in whatever process, one does the probe and the others wait for it.
   *
   * @param probe is given a folder it may use meanwhile
   * @throws PodDriverException if the probe failed, now or not long ago
   */
  CriProbe probe(String key, Function<Path, CriProbe> probe) {
    synchronized (ONE_AT_A_TIME) {
      try {
        Files.createDirectories(folder(), OWNER_ONLY);
        try (FileChannel channel = FileChannel.open(lockFile(), CREATE, WRITE)) {
          var unused = channel.lock(); // until closed: another daemon may be trying the very same
          return probeAlone(key, probe);
        }
      } catch (IOException e) {
        throw new PodDriverException(
            Reason.RUNTIME_UNAVAILABLE, "try a runtime: keep notes of it: " + e, e);
      }
    }
  }

  private CriProbe probeAlone(String key, Function<Path, CriProbe> probe) throws IOException {
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
      CriProbe result = probe.apply(folder());
      notes.setProperty(key, result.hasUserNamespaces() ? WORKED_MAPPED : WORKED);
      write(notes);
      return result;
    } catch (PodDriverException e) {
      // Else it was not even tried, or failed for what is no fault of its own.
      if (e.reason() != Reason.RUNTIME_UNAVAILABLE && e.reason() != Reason.FIREWALL_FAILED) {
        notes.setProperty(key, clock.instant() + " " + e.getMessage());
        write(notes);
      }
      throw e;
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

  private void write(Properties notes) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try (OutputStream out = Files.newOutputStream(next)) {
      notes.store(out, null);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private Path folder() {
    return file.resolveSibling("");
  }

  private Path lockFile() {
    return file.resolveSibling(file.getFileName() + ".lock");
  }
}
