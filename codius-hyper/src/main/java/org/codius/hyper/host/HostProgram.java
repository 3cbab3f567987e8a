package org.codius.hyper.host;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program that the machine has installed.
 *
 * <p>Looked for where distributions put programs, not on {@code PATH}: a library does not read its
 * process's environment, and root's {@code PATH} often lacks the {@code sbin} folders.
 */
public record HostProgram(Path path) {

  /** Where programs are, first match wins. */
  public static final List<Path> FOLDERS =
      List.of(
          Path.of("/usr/local/sbin"),
          Path.of("/usr/local/bin"),
          Path.of("/usr/sbin"),
          Path.of("/usr/bin"),
          Path.of("/sbin"),
          Path.of("/bin"));

  private static final int MOST_OUTPUT = 4 << 20;
  private static final int MOST_COMPLAINT = 500;

  /** Returns the program called {@code name}, if it is installed. */
  public static Optional<HostProgram> find(String name) {
    return FOLDERS.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .findFirst()
        .map(HostProgram::new);
  }

  /**
   * Runs the program to its end and returns what it wrote to standard output.
   *
   * @param input what it reads from standard input
   * @throws IOException if it does not end in time or ends with another code than 0; the message
   *     has what it wrote to standard error
   */
  public String run(Duration timeout, String input, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(path.toString());
    command.addAll(arguments);
    // Files instead of pipes: nobody has to read while the program writes, so a timeout is a
    // timeout.
    Path folder = Files.createTempDirectory("codius-program");
    Path in = folder.resolve("in");
    Path out = folder.resolve("out");
    Path error = folder.resolve("error");
    try {
      Files.writeString(in, input);
      Process process =
          new ProcessBuilder(command)
              .redirectInput(Redirect.from(in.toFile()))
              .redirectOutput(Redirect.to(out.toFile()))
              .redirectError(Redirect.to(error.toFile()))
              .start();
      try {
        if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException(path.getFileName() + ": no end within " + timeout);
        }
      } finally {
        process.destroyForcibly();
      }
      if (process.exitValue() != 0) {
        throw new IOException(path.getFileName() + ": " + complaint(error, process.exitValue()));
      }
      return read(out, MOST_OUTPUT);
    } finally {
      Files.deleteIfExists(in);
      Files.deleteIfExists(out);
      Files.deleteIfExists(error);
      Files.deleteIfExists(folder);
    }
  }

  private static String complaint(Path error, int code) throws IOException {
    String text = read(error, MOST_COMPLAINT).strip().replaceAll("\\s*\\n\\s*", "; ");
    return text.isEmpty() ? "ended with code " + code : text;
  }

  private static String read(Path file, int most) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(most), StandardCharsets.UTF_8);
    }
  }
}
