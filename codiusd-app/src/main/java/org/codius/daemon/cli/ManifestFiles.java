package org.codius.daemon.cli;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.codius.manifest.Rules;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Files of JSON, or of one JSON document per line; {@code -} is standard input. */
final class ManifestFiles {

  private static final String STANDARD_INPUT = "-";

  /** What is read of a document: enough to see that it is too large. */
  private static final int MAX_BYTES = Rules.HOST.maxBytes() + 1;

  /** Receives the documents of a file in turn. */
  interface LineReader {
    void accept(byte[] document) throws IOException;
  }

  private ManifestFiles() {}

  /** Returns the file, cut off where it gets too large. */
  static byte[] read(Path file, CommandSpec command) {
    try (InputStream in = open(file)) {
      return in.readNBytes(MAX_BYTES);
    } catch (IOException e) {
      throw unreadable(file, e, command);
    }
  }

  /** Passes on each line of the file, cut off where it gets too large. */
  static void eachLine(Path file, CommandSpec command, LineReader reader) {
    try (InputStream in = open(file)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 16];
      boolean isInLine = false;
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        int start = 0;
        for (int i = 0; i < count; i++) {
          if (buffer[i] == '\n') {
            append(line, buffer, start, i);
            reader.accept(line.toByteArray());
            line.reset();
            start = i + 1;
          }
        }
        append(line, buffer, start, count);
        isInLine = count > 0 ? start < count || (start == 0 && isInLine) : isInLine;
      }
      if (isInLine) {
        reader.accept(line.toByteArray());
      }
    } catch (IOException e) {
      throw unreadable(file, e, command);
    }
  }

  private static void append(ByteArrayOutputStream line, byte[] buffer, int from, int to) {
    line.write(buffer, from, Math.min(to - from, MAX_BYTES - line.size()));
  }

  private static InputStream open(Path file) throws IOException {
    return file.toString().equals(STANDARD_INPUT)
        ? new Shielded(System.in)
        : Files.newInputStream(file);
  }

  private static ParameterException unreadable(Path file, IOException e, CommandSpec command) {
    return new ParameterException(
        command.commandLine(), "cannot read " + file + ": " + UnreadableFile.reason(e));
  }

  /** Standard input, which is not ours to close. */
  private static final class Shielded extends FilterInputStream {

    Shielded(InputStream in) {
      super(in);
    }

    @Override
    public void close() {}
  }
}
