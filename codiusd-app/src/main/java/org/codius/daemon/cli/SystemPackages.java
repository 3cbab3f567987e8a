package org.codius.daemon.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.codius.daemon.StartException;

/** What this machine has to have, and Debian packages to get it from. */
final class SystemPackages {

  private static final Path APT_GET = Path.of("/usr/bin/apt-get");
  private static final Path IDENTITY = Path.of("/proc/self/status");

  private SystemPackages() {}

  static boolean isLinux() {
    return System.getProperty("os.name", "").equals("Linux");
  }

  /** Returns whether our effective user is root; only Linux says. */
  static boolean isRoot() {
    try (var lines = Files.lines(IDENTITY)) {
      return lines.anyMatch(line -> line.matches("Uid:\\s+\\d+\\s+0\\s.*"));
    } catch (IOException e) {
      return false;
    }
  }

  static boolean hasAptGet() {
    return Files.isExecutable(APT_GET);
  }

  /** Returns the command that installs {@code packages}, to be typed as root. */
  static String installCommand(List<String> packages) {
    return "apt-get install -y --no-install-recommends " + String.join(" ", packages);
  }

  /**
   * Installs {@code packages}; apt's words go to {@code output}, line by line.
   *
   * @throws StartException if apt-get does not succeed
   */
  static void install(List<String> packages, Consumer<String> output) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(APT_GET.toString(), "install", "-y", "--no-install-recommends"));
    command.addAll(packages);
    try {
      run(List.of(APT_GET.toString(), "update", "-q"), output);
      int code = run(command, output);
      if (code != 0) {
        throw new StartException(
            "apt-get ended with code " + code,
            "Its words are above. Once they are dealt with, run this again.");
      }
    } catch (IOException e) {
      throw new StartException(
          "cannot run apt-get: " + e.getMessage(), "Install: " + String.join(" ", packages), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while installing packages", "Run it again.", e);
    }
  }

  private static int run(List<String> command, Consumer<String> output)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    Process process = builder.start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.accept(line);
      }
      return process.waitFor();
    } finally {
      process.destroy();
    }
  }
}
