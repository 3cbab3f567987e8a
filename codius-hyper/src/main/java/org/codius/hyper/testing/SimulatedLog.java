package org.codius.hyper.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.codius.hyper.LogLine;
import org.codius.hyper.LogLine.Stream;

/** What a simulated container wrote, and who follows it. Guarded by its daemon's lock. */
final class SimulatedLog {

  private static final int MAX_LINES = 100_000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /**
   * How it is to be read.
   *
   * @param tail so many of the last lines
   * @param since no line older than this
   */
  record Query(boolean stdout, boolean stderr, boolean timestamps, int tail, Instant since) {

    boolean takes(LogLine line) {
      return (line.stream() == Stream.STDOUT ? stdout : stderr) && !line.at().isBefore(since);
    }
  }

  private static final Query OUTPUT =
      new Query(true, true, false, Integer.MAX_VALUE, Instant.EPOCH);

  private final String container;
  private final boolean isTty;
  private final List<LogLine> lines = new ArrayList<>();
  private final List<Consumer<LogLine>> followers = new ArrayList<>();
  private final List<Consumer<ByteBuf>> terminals = new ArrayList<>();

  /** Set by a restart of the daemon, after which output arrives no more. */
  boolean isCutOff;

  SimulatedLog(String container, boolean isTty) {
    this.container = container;
    this.isTty = isTty;
  }

  void write(Stream stream, String text) {
    if (isCutOff || lines.size() == MAX_LINES) {
      return;
    }
    LogLine line = new LogLine(Instant.now(), container, isTty ? Stream.STDOUT : stream, text);
    lines.add(line);
    List.copyOf(followers).forEach(follower -> follower.accept(line));
  }

  /** Returns the frames of the lines there are. */
  List<ByteBuf> read(Query query) {
    List<LogLine> taken = lines.stream().filter(query::takes).toList();
    return taken.stream()
        .skip(Math.max(0, taken.size() - (long) query.tail()))
        .map(line -> frame(line, query))
        .toList();
  }

  /** Gives the frames of lines to come to {@code frames}, until the returned is run. */
  Runnable follow(Query query, Consumer<ByteBuf> frames) {
    Consumer<LogLine> follower =
        line -> {
          if (query.takes(line)) {
            frames.accept(frame(line, query));
          }
        };
    followers.add(follower);
    return () -> followers.remove(follower);
  }

  /** Gives output to come, as it is written, to {@code bytes}, until the returned is run. */
  Runnable attach(Consumer<ByteBuf> bytes) {
    Runnable stop = follow(OUTPUT, bytes);
    terminals.add(bytes);
    return () -> {
      stop.run();
      terminals.remove(bytes);
    };
  }

  /** Shows a terminal's prompt, which is no line and goes into no log. */
  void show(String text) {
    terminals.forEach(
        terminal -> terminal.accept(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)));
  }

  private ByteBuf frame(LogLine line, Query query) {
    String text = query.timestamps() ? TIME.format(line.at()) + " " + line.text() : line.text();
    byte[] payload = (text + (isTty ? "\r\n" : "\n")).getBytes(StandardCharsets.UTF_8);
    ByteBuf frame = Unpooled.buffer();
    if (!isTty) {
      frame.writeByte(line.stream() == Stream.STDOUT ? 1 : 2).writeZero(3).writeInt(payload.length);
    }
    return frame.writeBytes(payload);
  }
}
