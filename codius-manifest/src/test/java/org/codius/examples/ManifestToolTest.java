package org.codius.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/examples/manifest-tool does what its README says. */
class ManifestToolTest {

  @TempDir Path folder;

  @Test
  void printsAddressAndEnvironment() throws IOException {
    String output =
        run(
            "{\"manifest\":{\"name\":\"n\",\"version\":\"1\",\"containers\":[{\"id\":\"app\","
                + "\"image\":\"nginx\",\"environment\":{\"A\":\"x\"}}]}}");

    assertThat(output)
        .containsPattern("https://[a-z2-7]{52}\\.codius\\.example\\.com/\n")
        .contains("app {CODIUS=true, CODIUS_HOST=https://codius.example.com,")
        .endsWith("A=x}\n");
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertThat(run("{}")).isEqualTo("manifest: \"manifest\" is missing.\n");
  }

  private String run(String json) throws IOException {
    Path file = Files.writeString(folder.resolve("request.json"), json);
    PrintStream standardOutput = System.out;
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    System.setOut(new PrintStream(output, true, UTF_8));
    try {
      ManifestTool.main(new String[] {file.toString()});
    } finally {
      System.setOut(standardOutput);
    }
    return output.toString(UTF_8);
  }
}
