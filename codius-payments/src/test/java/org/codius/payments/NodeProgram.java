package org.codius.payments;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A script of ours on the original's Node and npm packages. It is told a word per line, and answers
 * a JSON document per line.
 */
public final class NodeProgram implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NodeProgram.class);

  private static final int PATIENCE_SECONDS = 30;
  private static final int MAXIMUM_ANSWERS = 1_000;

  private final Process process;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>(MAXIMUM_ANSWERS);

  private NodeProgram(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "node-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts {@code script}, a resource beside {@code test}. */
  public static NodeProgram start(Class<?> test, String script, Object... arguments) {
    return startBy(List.of(), test, script, arguments);
  }

  /** Does the same by way of a program that runs what follows its own arguments. */
  public static NodeProgram startBy(
      List<String> program, Class<?> test, String script, Object... arguments) {
    Path modules = Path.of(System.getProperty("codius.npm", "target/npm")).resolve("node_modules");
    Path node = modules.resolve("node/bin/node");
    if (!Files.isExecutable(node)) {
      throw new AssertionError(
          "There is no Node at "
              + node
              + ". Run bin/verify, which installs it, or set codius.npm.");
    }
    try {
      List<String> command = new ArrayList<>(program);
      command.add(node.toString());
      command.add(Path.of(test.getResource(script).toURI()).toString());
      for (Object argument : arguments) {
        command.add(argument.toString());
      }
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("NODE_PATH", modules.toString());
      builder.redirectError(ProcessBuilder.Redirect.INHERIT);
      return new NodeProgram(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  public long pid() {
    return process.pid();
  }

  public void tell(Object... words) {
    List<String> line = new ArrayList<>();
    for (Object word : words) {
      line.add(word.toString());
    }
    try {
      process.getOutputStream().write((String.join(" ", line) + "\n").getBytes(UTF_8));
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the next answer, and waits for it. */
  public JsonNode answer() {
    try {
      String line = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("the script did not answer; is it alive: " + process.isAlive());
      }
      return new ObjectMapper().readTree(line);
    } catch (InterruptedException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("{")) {
          answers.add(line);
        } else {
          log.debug("{}", line);
        }
      }
    } catch (IOException e) {
      log.debug("output ended", e);
    }
  }

  /** Kills it, as a crash would. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("node cannot be killed");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
