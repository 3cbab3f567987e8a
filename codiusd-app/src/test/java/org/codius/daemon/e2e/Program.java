package org.codius.daemon.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Another program to run, with nothing of our environment but the search path.
 *
 * <p>Its output goes to files, so that it never waits for us to read.
 */
record Program(Path folder, Map<String, String> environment, List<String> command) {

  private static final Duration END_TIMEOUT = Duration.ofSeconds(10);

  Program {
    environment = Map.copyOf(environment);
    command = List.copyOf(command);
  }

  static Program of(Path folder, String... command) {
    return new Program(folder, Map.of(), List.of(command));
  }

  Program with(Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(environment);
    all.putAll(more);
    return new Program(folder, all, command);
  }

  /** Runs the program to its end, and kills it after {@code timeout}. */
  Ended run(Duration timeout) throws IOException, InterruptedException {
    try (Running running = start()) {
      if (!running.process().waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(
            this + ": still running after " + timeout.toSeconds() + " s\n" + running.output());
      }
      return new Ended(
          this, running.process().exitValue(), running.stdoutText(), running.stderrText());
    }
  }

  /** Starts the program; close the result to kill it. */
  Running start() throws IOException {
    Path stdout = Files.createTempFile("codius-e2e-", ".out");
    Path stderr = Files.createTempFile("codius-e2e-", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile());
    String path = builder.environment().getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    builder.environment().clear();
    builder.environment().put("PATH", path);
    builder.environment().put("HOME", folder.toString());
    builder.environment().putAll(environment);
    return new Running(builder.start(), stdout, stderr);
  }

  /** The command alone: the environment may hold secrets. */
  @Override
  public String toString() {
    return String.join(" ", command);
  }

  /** How a program ended. */
  record Ended(Program program, int exitCode, String stdout, String stderr) {

    /** Returns this, if the program succeeded; fails with all it said if not. */
    Ended succeeded() {
      if (exitCode != 0) {
        throw new AssertionError(program + ": " + this);
      }
      return this;
    }

    String output() {
      return stdout + stderr;
    }

    @Override
    public String toString() {
      return "exit code " + exitCode + "\n" + output();
    }
  }

  /** A program that runs. */
  record Running(Process process, Path stdout, Path stderr) implements AutoCloseable {

    /** Returns all it wrote so far. */
    String output() throws IOException {
      return stdoutText() + stderrText();
    }

    private String stdoutText() throws IOException {
      return Files.readString(stdout, UTF_8);
    }

    private String stderrText() throws IOException {
      return Files.readString(stderr, UTF_8);
    }

    /** Kills it, with the processes it started. */
    @Override
    public void close() throws IOException {
      List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
      all.add(process.toHandle());
      all.forEach(ProcessHandle::destroyForcibly);
      try {
        if (!process.waitFor(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException("kill process " + process.pid() + ": it goes on");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      Files.deleteIfExists(stdout);
      Files.deleteIfExists(stderr);
    }
  }
}
