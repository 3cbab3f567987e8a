package org.codius.daemon.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.io.MoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A folder as a developer has it: {@code codius.json} and {@code codiusvars.json} for a pod of two
 * containers and a port, with a public, a private and a literal variable.
 */
final class CodiusProject implements AutoCloseable {

  static final String PUBLIC_VALUE = "seen by everybody";
  static final String PRIVATE_VALUE = "s3cret of one pod";
  static final String LITERAL_VALUE = "written into the manifest";

  private static final Duration GENERATE_TIMEOUT = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  private CodiusProject(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes the two files into a new folder.
   *
   * @param name the manifest's name; another name makes another pod
   */
  static CodiusProject create(String name, PodImages images) throws IOException {
    Path folder = Files.createTempDirectory("codius-e2e-project-");
    ObjectNode codius = JSON.createObjectNode();
    ObjectNode manifest = codius.putObject("manifest");
    manifest.put("name", name).put("version", "1.0.0").put("machine", "small").put("port", "8080");
    var containers = manifest.putArray("containers");
    ObjectNode app = containers.addObject().put("id", "app").put("image", images.node());
    app.putArray("command").add("/bin/node").add("server.js");
    app.put("workdir", "/app");
    app.putObject("environment")
        .put("PUBLIC_NOTE", "$PUBLIC_NOTE")
        .put("PRIVATE_NOTE", "$PRIVATE_NOTE")
        .put("LITERAL_NOTE", LITERAL_VALUE);
    containers.addObject().put("id", "second").put("image", images.busybox());

    ObjectNode vars = JSON.createObjectNode();
    ObjectNode kinds = vars.putObject("vars");
    kinds.putObject("public").putObject("PUBLIC_NOTE").put("value", PUBLIC_VALUE);
    kinds.putObject("private").putObject("PRIVATE_NOTE").put("value", PRIVATE_VALUE);

    Files.writeString(folder.resolve("codius.json"), codius.toPrettyString(), UTF_8);
    Files.writeString(folder.resolve("codiusvars.json"), vars.toPrettyString(), UTF_8);
    return new CodiusProject(folder);
  }

  /** Returns the folder, which is also the home of the programs that run in it. */
  Path folder() {
    return folder;
  }

  /** Lets anybody read the pod's log; the original's client has an option for that instead. */
  void openLogs() throws IOException {
    Path file = folder.resolve("codius.json");
    ObjectNode codius = (ObjectNode) JSON.readTree(file.toFile());
    codius.withObject("/manifest").put("debug", true);
    Files.writeString(file, codius.toPrettyString(), UTF_8);
  }

  /** Returns the upload, with its private part, that the original's library makes of the files. */
  ObjectNode generate() throws IOException, InterruptedException {
    Program.Ended ended = NodeScript.of(folder, "generate.js").run(GENERATE_TIMEOUT).succeeded();
    return (ObjectNode) JSON.readTree(ended.stdout());
  }

  /** Returns what the original's client wrote down after its upload. */
  JsonNode state() throws IOException {
    return JSON.readTree(folder.resolve("default.codiusstate.json").toFile());
  }

  @Override
  public void close() throws IOException {
    MoreFiles.deleteRecursively(folder);
  }
}
