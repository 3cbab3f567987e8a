package org.codius.manifest;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** npm codius-manifest in a Node process that answers one document after the other. */
final class NpmOracle implements AutoCloseable {

  private static final int STOP_SECONDS = 10;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Process process;
  private final BufferedWriter questions;
  private final BufferedReader answers;

  private NpmOracle(Process process) {
    this.process = process;
    this.questions = process.outputWriter(US_ASCII);
    this.answers = process.inputReader(US_ASCII);
  }

  /** What the library makes of a document. */
  record Answer(String hash, String json, List<String> errors) {}

  static NpmOracle start() throws IOException, URISyntaxException {
    Path npm = Path.of(System.getProperty("codius.npm", "target/npm"));
    Path node = npm.resolve("node_modules/node/bin/node");
    if (!Files.isExecutable(node)) {
      throw new IOException(
          node
              + " is not there: run bin/verify, which installs the npm packages tests compare with");
    }
    Path script = Path.of(Objects.requireNonNull(NpmOracle.class.getResource("oracle.js")).toURI());
    return new NpmOracle(
        new ProcessBuilder(node.toString(), script.toString(), npm.toAbsolutePath().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  Answer ask(byte[] document) throws IOException {
    questions.write(Base64.getEncoder().encodeToString(document));
    questions.newLine();
    questions.flush();
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("node ended; its words are on standard error");
    }
    JsonNode answer = MAPPER.readTree(Base64.getDecoder().decode(line));
    List<String> errors = new ArrayList<>();
    for (JsonNode error : answer.get("errors")) {
      error
          .properties()
          .forEach(entry -> errors.add(entry.getKey() + " -> " + entry.getValue().asText()));
    }
    return new Answer(answer.get("hash").asText(), answer.get("json").asText(), errors);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().orTimeout(STOP_SECONDS, TimeUnit.SECONDS).join();
  }
}
