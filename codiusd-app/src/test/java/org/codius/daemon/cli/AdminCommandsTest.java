package org.codius.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.codius.daemon.admin.AdminUnderTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The operator's commands, over the host's Unix socket. */
class AdminCommandsTest {

  private static final String DIGEST = "sha256:" + "0".repeat(64);

  @TempDir private Path root;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private AdminUnderTest admin;

  @BeforeEach
  void start() throws Exception {
    admin = new AdminUnderTest(root, UnixDomainSocketAddress.of(root.resolve("admin.sock")), false);
  }

  @AfterEach
  void stop() throws Exception {
    admin.close();
    assertThat(root.resolve("admin.sock")).doesNotExist();
  }

  @Test
  void haveASocketForTheirOwnerOnly() throws Exception {
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(root.resolve("admin.sock"))))
        .isEqualTo("rw-------");
  }

  @Test
  void banAndListAndUnban() {
    assertThat(run("ban", "image", DIGEST, "--reason", "it mines")).isZero();
    assertThat(out.toString()).contains("image  " + DIGEST + "  it mines");
    assertThat(run("unban", "image", DIGEST)).isZero();
    assertThat(run("unban", "image", DIGEST)).isEqualTo(1);
    assertThat(err.toString())
        .contains("codiusd: The image " + DIGEST + " is not banned.", "codiusd bans lists");
  }

  @Test
  void changeThePriceAndEmptyTheHost() {
    assertThat(run("price", "2.5")).isZero();
    assertThat(out.toString()).contains("small  2.5");
    assertThat(run("drain")).isZero();
    assertThat(out.toString()).containsPattern("draining +true");
    assertThat(run("drain", "--off", "--json")).isZero();
    assertThat(out.toString()).contains("{\"draining\":false,\"pods\":0}");
  }

  @Test
  void sayWhatTheHostSays() {
    assertThat(run("pods")).isZero();
    assertThat(run("ledger", "summary")).isZero();
    assertThat(run("metrics")).isZero();
    assertThat(out.toString()).contains("unconfirmedPackets  0", "codius_leases{state=\"paid\"} 0");
    assertThat(run("inspect", "a".repeat(52))).isEqualTo(1);
    assertThat(run("suspend", "x")).isEqualTo(1);
  }

  @Test
  void needARunningHost() throws Exception {
    Path other = Files.createDirectory(root.resolve("other"));
    assertThat(commandLine().execute("pods", "--root", other.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("codiusd: no host has run in " + other);

    Files.copy(
        root.resolve("admin.token"),
        other.resolve("admin.token"),
        StandardCopyOption.COPY_ATTRIBUTES);
    assertThat(commandLine().execute("pods", "--root", other.toString())).isEqualTo(1);
    assertThat(err.toString())
        .contains("no host answers at")
        .contains("Is it running? codiusd serve");
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--root", root.toString()));
    return commandLine().execute(all.toArray(new String[0]));
  }

  private CommandLine commandLine() {
    return Codiusd.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true));
  }
}
