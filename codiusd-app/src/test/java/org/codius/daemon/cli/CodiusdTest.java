package org.codius.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a newcomer meets: help, and the sentences of errors. */
final class CodiusdTest {

  private static final String MANIFEST =
      """
      {"manifest":{"name":"p","version":"1.0.0","machine":"small","port":"80","containers":[
      {"id":"web","image":"web@sha256:%s"}]}}\
      """
          .formatted("a".repeat(64));

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpNamesEveryCommandAndGoesToStdout() {
    assertThat(run("--help")).isZero();

    assertThat(out.toString())
        .contains("serve", "demo", "doctor", "quote", "upload", "extend", "logs", "First steps");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void everyCommandHasAHelpOfItsOwnWithAnExample() {
    for (String command : new String[] {"serve", "demo", "quote", "upload", "extend", "logs"}) {
      assertThat(run(command, "--help")).isZero();
      assertThat(out.toString()).contains("Usage: codiusd " + command).contains("Example");
      out.getBuffer().setLength(0);
    }
  }

  @Test
  void versionIsOneLine() {
    assertThat(run("--version")).isZero();

    assertThat(out.toString()).matches("codiusd \\S.*\n");
  }

  /** The original's client says nothing and ends with 0. */
  @Test
  void seen16AWrongCommandFailsAndGetsASuggestion() {
    assertThat(run("uplaod")).isEqualTo(2);

    assertThat(err.toString())
        .startsWith(
            """
            codiusd: Unmatched argument at index 0: 'uplaod'
            Did you mean: codiusd upload\
            """)
        .endsWith("Try: codiusd --help\n");
  }

  @Test
  void wrongValuesSayWhatIsExpected() {
    assertThat(run("upload", "codius.json", "--duration", "soon")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            """
            codiusd: Invalid value for option '--duration': 'soon' is no duration (expected: 90s, \
            30m, 1h, 2d, 1w, 1h30m or seconds)
            Try: codiusd upload --help
            """);
    err.getBuffer().setLength(0);

    assertThat(run("quote", "codius.json", "--host", "localhost:3000")).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "'localhost:3000' is no host (expected: https://codius.example.com or"
                + " http://localhost:3000)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "-1", "1e9", "0x10", "1.", "", "1,5"})
  void whatIsNoAmountIsNotTaken(String amount) {
    assertThat(run("upload", "codius.json", "--max-price=" + amount)).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            """
            codiusd: Invalid value for option '--max-price': '%s' is no amount (expected: a number \
            like 10 or 0.02)
            Try: codiusd upload --help
            """
                .formatted(amount));
  }

  @Test
  void aFileThatIsNotThereIsNotAReceiptNorABackup() {
    Path file = folder.resolve("none");

    assertThat(run("receipt", "verify", file.toString())).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("codiusd: cannot read " + file + ": there is no such file\n");
    err.getBuffer().setLength(0);

    Path root = folder.resolve("root");
    assertThat(run("restore", file.toString(), "--root", root.toString())).isEqualTo(1);
    assertThat(err.toString()).startsWith("codiusd: restore " + file + ": there is no such file\n");
    assertThat(root).doesNotExist();
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("codius.json");

    assertThat(run("quote", file.toString())).isEqualTo(1);

    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .isEqualTo(
            "codiusd: no such file: " + file + "\nName a codius.json, or a complete manifest.\n");
  }

  @Test
  void noHostThereIsSaidWithItsAddress() throws Exception {
    Path file = Files.writeString(folder.resolve("codius.json"), MANIFEST);
    String host = "http://127.0.0.1:" + freePort();

    assertThat(run("quote", file.toString(), "--host", host)).isEqualTo(1);

    assertThat(err.toString())
        .contains("codiusd: cannot reach " + host + ": connection refused\n")
        .contains("Is the host running, and is that its address?");
  }

  @Test
  void noConnectorThereIsSaidWithWhatToDo() throws Exception {
    Path file = Files.writeString(folder.resolve("codius.json"), MANIFEST);
    int port = freePort();

    assertThat(
            run(
                "upload",
                file.toString(),
                "--max-price",
                "1",
                "--uplink",
                "btp+ws://127.0.0.1:" + port))
        .isEqualTo(1);

    assertThat(err.toString())
        .contains("codiusd: no Interledger connector at 127.0.0.1:" + port + ": ")
        .contains("its local mode brings a connector with play money");
  }

  @Test
  void aHashOrAKnownFileIsNeededToFollowALog() {
    assertThat(run("logs", folder.resolve("codius.json").toString())).isEqualTo(1);

    assertThat(err.toString())
        .contains("remembers no upload of it\n")
        .contains("Name the pod by its 52 characters");
  }

  private int run(String... arguments) {
    CommandLine commandLine = Codiusd.commandLine();
    commandLine.setOut(new PrintWriter(out, true));
    commandLine.setErr(new PrintWriter(err, true));
    return commandLine.execute(arguments);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
