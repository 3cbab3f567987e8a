package org.codius.hyper.cri;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogLine.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads one container's log as a runtime writes it: {@code 2026-11-23T11:13:17.253806739Z stdout F
 * text}, where P in place of F says that the line goes on in the next one of that stream.
 *
 * <p>The log may be renamed and begun anew at any time, see {@link LogFiles}. An open file is read
 * to its end before its successor; as containerd goes on for a moment to write to it what it had
 * taken in before it was told of the new one, its end is where it was left alone for a second.
 * Lines longer than {@value #LONGEST_LINE} bytes are cut in pieces. Confined to one thread at a
 * time.
 */
final class ContainerLogReader implements AutoCloseable {

  static final int LONGEST_LINE = 64 << 10;
  private static final int BUFFER = 32 << 10;

  /** How often a file has to be missing before it is gone. */
  private static final int LOOKS = 3;

  private static final Duration LEFT_ALONE = Duration.ofSeconds(1);

  private final String container;
  private final LogFiles files;
  private final Instant since;

  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private final ByteArrayOutputStream entry = new ByteArrayOutputStream();
  private final Map<Stream, ByteArrayOutputStream> partial = new EnumMap<>(Stream.class);
  private Instant latest = Instant.EPOCH;
  private final Queue<LogLine> ready = new ArrayDeque<>();

  private @Nullable FileChannel file;
  private @Nullable Object key;
  private boolean isPatient = true;

  /** Whether the open file, though it has a successor, may get more. */
  private boolean isUnsettled;

  /**
   * @param since no line older than this
   */
  ContainerLogReader(String container, LogFiles files, Instant since) {
    this.container = container;
    this.files = files;
    this.since = since;
  }

  /** Skips all lines there are now but the last few, and waits for none that is being written. */
  void keepLast(int lines) throws IOException {
    Queue<LogLine> last = new ArrayDeque<>();
    isPatient = false;
    while (peek().isPresent()) {
      last.add(take());
      if (last.size() > lines) {
        last.remove();
      }
    }
    isPatient = true;
    ready.addAll(last);
  }

  /** Returns the next line without taking it, or empty if there is none for now. */
  Optional<LogLine> peek() throws IOException {
    while (ready.isEmpty()) {
      // Asked before reading: only then is an end that we read after it the last one.
      Optional<Path> successor = successor();
      if (read()) {
        continue;
      }
      if (successor.isEmpty() || isUnsettled) {
        return Optional.empty();
      }
      open(successor.get());
    }
    return Optional.of(ready.element());
  }

  /** Returns whether there is more to read soon, though {@link #peek} had nothing. */
  boolean isWaiting() {
    return isUnsettled;
  }

  LogLine take() {
    return ready.remove();
  }

  /**
   * Takes lines that lack their end for whole ones, because nothing more will come.
   *
   * @return whether there was any
   */
  boolean endLines() {
    partial.forEach(
        (stream, line) -> {
          if (line.size() > 0 && !latest.isBefore(since)) {
            ready.add(
                new LogLine(latest, container, stream, line.toString(StandardCharsets.UTF_8)));
            line.reset();
          }
        });
    return !ready.isEmpty();
  }

  /** Returns the file to read after the open one, if that is no longer written to. */
  private Optional<Path> successor() throws IOException {
    isUnsettled = false;
    List<Path> inOrder = files.inOrder();
    if (file == null) {
      return inOrder.stream().findFirst();
    }
    for (int looks = 0; looks < LOOKS; looks++) {
      for (int i = inOrder.size() - 1; i >= 0; i--) {
        if (key != null && key.equals(keyOf(inOrder.get(i)))) {
          if (i + 1 == inOrder.size()) {
            return Optional.empty();
          }
          isUnsettled = isPatient && !isLeftAlone(inOrder.get(i));
          return Optional.of(inOrder.get(i + 1));
        }
      }
      inOrder = files.inOrder(); // it may have got its number at this very moment
    }
    return inOrder.stream().findFirst(); // ours was deleted, so late are we: something is lost
  }

  private static boolean isLeftAlone(Path file) throws IOException {
    try {
      Instant changed = Files.getLastModifiedTime(file).toInstant();
      // The clock may have been set back.
      return Duration.between(changed, Instant.now()).abs().compareTo(LEFT_ALONE) >= 0;
    } catch (NoSuchFileException e) {
      return false; // renamed or deleted just now, as the next look will tell
    }
  }

  private static @Nullable Object keyOf(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Goes on with {@code path}, or stays where it is if that was rotated at this very moment. */
  private void open(Path path) throws IOException {
    Object expected = keyOf(path);
    FileChannel next;
    try {
      next = FileChannel.open(path);
    } catch (NoSuchFileException e) {
      return; // the next look finds it under its new name
    }
    // Else it might be taken for the file that came in its place, which would be left out.
    if (expected == null || !expected.equals(keyOf(path))) {
      next.close();
      return;
    }
    close();
    file = next;
    key = expected;
    entry.reset();
    buffer.clear();
  }

  /** Returns whether there was anything to read. */
  private boolean read() throws IOException {
    if (file == null || file.read(buffer) <= 0) {
      return false;
    }
    buffer.flip();
    while (buffer.hasRemaining()) {
      byte next = buffer.get();
      if (next == '\n') {
        parse(entry.toByteArray());
        entry.reset();
      } else if (entry.size() < 2 * LONGEST_LINE) {
        entry.write(next);
      }
    }
    buffer.clear();
    return true;
  }

  /** Cuts an entry into time, stream, tag and text; what does not look like one is left out. */
  private void parse(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1); // one character per byte
    String[] fields = text.split(" ", 4);
    if (fields.length < 3) {
      return;
    }
    try {
      latest = Instant.parse(fields[0]);
    } catch (DateTimeException e) {
      return;
    }
    Stream stream = fields[1].equals("stderr") ? Stream.STDERR : Stream.STDOUT;
    ByteArrayOutputStream line =
        partial.computeIfAbsent(stream, any -> new ByteArrayOutputStream());
    if (fields.length == 4) {
      line.writeBytes(fields[3].getBytes(StandardCharsets.ISO_8859_1));
    }
    boolean isPartial = fields[2].equals("P") || fields[2].startsWith("P:");
    if (!isPartial || line.size() >= LONGEST_LINE) {
      if (!latest.isBefore(since)) {
        ready.add(new LogLine(latest, container, stream, line.toString(StandardCharsets.UTF_8)));
      }
      line.reset();
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
      file = null;
      key = null;
    }
  }
}
