package org.codius.daemon.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ManifestCommandTest {

  private static final String IMAGE =
      "nginx@sha256:3e2ffcf0edca2a4e9b24ca442d227baea7b7f0e33ad654ef1eb806fbd9bedcf0";

  private static final String CODIUS =
      "{\"manifest\":{\"name\":\"é\",\"version\":\"1\",\"port\":\" 8080\",\"containers\":[{\"id\":\"app\","
          + "\"image\":\""
          + IMAGE
          + "\",\"environment\":{\"A\":\"$A\",\"S\":\"$S\"}}]}}";

  private static final String VARS =
      "{\"vars\":{\"public\":{\"A\":{\"value\":\"pub\",\"description\":\"d\"}},"
          + "\"private\":{\"S\":{\"value\":\"s3cret\"}}}}";

  private static final String VALID =
      "{\"manifest\":{\"name\":\"n\",\"version\":\"1\",\"containers\":[{\"id\":\"app\",\"image\":\""
          + IMAGE
          + "\"}]}}";

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void generatesWhatValidatesAndHashes() throws IOException {
    String codius = write("codius.json", CODIUS);
    write("codiusvars.json", VARS);

    assertThat(run("generate", codius)).isEqualTo(Codiusd.OK);
    String request = write("request.json", out.toString());
    assertThat(out.toString()).contains("\"name\" : \"\\u00E9\"").doesNotContain("description");
    out.getBuffer().setLength(0);
    assertThat(run("hash", request)).isEqualTo(Codiusd.OK);
    String hash = out.toString().strip();
    assertThat(hash).matches("[a-z2-7]{52}");
    out.getBuffer().setLength(0);

    assertThat(run("validate", "--rules", "host", request)).isEqualTo(Codiusd.OK);
    assertThat(out.toString()).isEqualTo(request + ": valid " + hash + System.lineSeparator());
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void explainsWithoutShowingSecrets() throws IOException {
    String codius = write("codius.json", CODIUS);
    run("generate", codius, write("vars.json", VARS));
    String request = write("request.json", out.toString());
    out.getBuffer().setLength(0);

    assertThat(run("explain", request, "--host", "https://codius.example.com")).isEqualTo(0);

    assertThat(out.toString())
        .containsPattern("URL +https://[a-z2-7]{52}\\.codius\\.example\\.com/")
        .containsPattern("Web port +8080")
        .contains("CODIUS_HOST=https://codius.example.com", "    A=pub", "    S=***")
        .doesNotContain("s3cret");
  }

  @Test
  void answersEachLineOfABatch() throws IOException {
    String batch = write("batch.jsonl", VALID + "\n{\"manifest\":null}\nnonsense\n" + VALID);

    assertThat(run("validate", "--batch", batch)).isEqualTo(Codiusd.FAILED);

    List<String> answers = out.toString().lines().toList();
    assertThat(answers).hasSize(4);
    assertThat(answers.get(0))
        .matches("\\{\"valid\":true,\"manifestHash\":\"[a-z2-7]{52}\",\"errors\":\\[]}")
        .isEqualTo(answers.get(3));
    assertThat(answers.get(1))
        .endsWith(
            "\"errors\":[{\"path\":\"manifest\",\"message\":\"schema is invalid."
                + " error={'path':'manifest','keyword':'type'}\",\"code\":\"WRONG_TYPE\","
                + "\"help\":\"\\\"manifest\\\" must be an object, not null.\"}]}");
    assertThat(answers.get(2))
        .contains("\"valid\":false,\"manifestHash\":null", "\"code\":\"NOT_JSON\"");
  }

  @Test
  void readsStandardInput() {
    InputStream standardInput = System.in;
    System.setIn(new ByteArrayInputStream("[1, 2]".getBytes(UTF_8)));
    try {
      assertThat(run("hash", "--raw", "-")).isEqualTo(Codiusd.OK);
    } finally {
      System.setIn(standardInput);
    }

    assertThat(out.toString()).matches("[a-z2-7]{52}\\R");
  }

  @Test
  void saysEverythingThatIsWrong() throws IOException {
    String file = write("bad.json", "{\"manifest\":{\"name\":1,\"po\\u001brt\":\"80\"}}");

    assertThat(run("validate", file)).isEqualTo(Codiusd.FAILED);

    assertThat(out.toString())
        .contains(
            file + ": not valid",
            "  - manifest.name: \"name\" must be a string, not a number. [WRONG_TYPE]",
            "  - manifest.version: \"version\" is missing. [MISSING]",
            "  - manifest: \"po?rt\" means nothing in manifest")
        .doesNotContain("\u001b");
  }

  @Test
  void tellsWrongArgumentsFromInvalidManifests() throws IOException {
    assertThat(run("validate", folder.resolve("none.json").toString()))
        .isEqualTo(Codiusd.WRONG_ARGUMENTS);
    assertThat(err.toString()).contains("none.json: there is no such file");
    assertThat(run("validate")).isEqualTo(Codiusd.WRONG_ARGUMENTS);
    assertThat(run("hash", write("a.json", VALID), "--batch", "b")).isEqualTo(2);
    assertThat(run("generate", write("bad.json", "{"))).isEqualTo(Codiusd.FAILED);
    assertThat(out.toString()).isEmpty();
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private int run(String... arguments) {
    return new CommandLine(new ManifestCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
