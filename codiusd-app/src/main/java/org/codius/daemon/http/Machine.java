package org.codius.daemon.http;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads how the machine is doing, from {@code /proc}. */
final class Machine {

  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();

  private Machine() {}

  /** Returns how much memory programs could still have, in bytes. */
  static long availableMemory() {
    for (String line : lines("/proc/meminfo")) {
      if (line.startsWith("MemAvailable:")) {
        return Long.parseLong(WORDS.splitToList(line).get(1)) * 1024;
      }
    }
    throw new IllegalStateException(
        "/proc/meminfo: no MemAvailable (expected: Linux 3.14 or newer)");
  }

  /** Returns how long the machine is up, in whole seconds. */
  static long uptime() {
    return (long) Double.parseDouble(WORDS.splitToList(lines("/proc/uptime").get(0)).get(0));
  }

  /** Returns how many programs ran or waited to run, on average over the last minute. */
  static double load() {
    return Double.parseDouble(WORDS.splitToList(lines("/proc/loadavg").get(0)).get(0));
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
