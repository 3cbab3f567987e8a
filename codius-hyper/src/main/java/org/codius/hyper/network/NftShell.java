package org.codius.hyper.network;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An {@code nft} that stays and takes commands, as starting one takes ten times as long as what it
 * then does. It looks at the kernel's tables anew whenever anybody changed them.
 *
 * <p>It is a short cut and no more: it has no exit codes, so that what did not go as it should is
 * left to an {@code nft} of its own, which says why. It ends with our process, when its input does.
 * Safe for use by several threads.
 */
final class NftShell {

  private static final Logger log = LoggerFactory.getLogger(NftShell.class);

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Executor LATER =
      CompletableFuture.delayedExecutor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  private static final int MOST_OUTPUT = 4 << 20;

  /** It remembers them all, for somebody who would want to go back to one. */
  private static final int MOST_COMMANDS = 1000;

  /** So often in a row, and it is not tried again: it may have been built without. */
  private static final int MOST_FAILURES = 3;

  @GuardedBy("this")
  private @Nullable Path program;

  @GuardedBy("this")
  private @Nullable Process process;

  @GuardedBy("this")
  private @Nullable BufferedReader output;

  @GuardedBy("this")
  private long commands;

  @GuardedBy("this")
  private int failures;

  /**
   * Has {@code nft} carry out one command, which is one line.
   *
   * @return what it printed; empty if the command may not have been carried out
   */
  synchronized Optional<String> run(Path nft, String command) {
    if (failures == MOST_FAILURES) {
      return Optional.empty();
    }
    try {
      String printed = ask(nft, command);
      failures = 0;
      return printed.contains("Error: ") ? Optional.empty() : Optional.of(printed);
    } catch (IOException e) {
      log.debug("nft does not take commands and is started for each", e);
      failures++;
      end();
      return Optional.empty();
    }
  }

  @GuardedBy("this")
  private String ask(Path nft, String command) throws IOException {
    Process shell = process;
    BufferedReader reader = output;
    if (shell == null
        || reader == null
        || !shell.isAlive()
        || !nft.equals(program)
        || commands % MOST_COMMANDS == 0) {
      end();
      ProcessBuilder builder = new ProcessBuilder(nft.toString(), "-i").redirectErrorStream(true);
      builder.environment().put("HOME", "/dev/null"); // else it writes its history there
      shell = builder.start();
      reader = shell.inputReader(StandardCharsets.UTF_8);
      process = shell;
      output = reader;
      program = nft;
    }
    CompletableFuture<Void> limit = CompletableFuture.runAsync(shell::destroyForcibly, LATER);
    try {
      // There is no such table, and with these three lines it says so:
      // Error: No such file or directory
      // list table inet codius_end_7
      //                 ^^^^^^^^^^^^
      String end = "list table inet codius_end_" + ++commands;
      shell.getOutputStream().write((command + "\n" + end + "\n").getBytes(StandardCharsets.UTF_8));
      shell.getOutputStream().flush();
      StringBuilder printed = new StringBuilder();
      int lastLine = 0;
      for (String line = next(reader); !line.equals(end); line = next(reader)) {
        lastLine = printed.length();
        printed.append(line).append('\n');
        if (printed.length() > MOST_OUTPUT) {
          throw new IOException("nft: too much output");
        }
      }
      if (!printed.substring(lastLine).startsWith("Error: ") || !next(reader).contains("^")) {
        throw new IOException("nft: unexpected output");
      }
      return printed.substring(0, lastLine);
    } finally {
      limit.cancel(false);
    }
  }

  private static String next(BufferedReader reader) throws IOException {
    String line = reader.readLine();
    if (line == null) {
      throw new IOException("nft: ended");
    }
    return line;
  }

  @GuardedBy("this")
  private void end() {
    if (process != null) {
      process.destroyForcibly();
      process = null;
    }
  }
}
