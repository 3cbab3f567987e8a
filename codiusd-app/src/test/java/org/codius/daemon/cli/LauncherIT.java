package org.codius.daemon.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/codiusd} in a checkout of its own, with a JDK and a Maven that only tell of it. */
final class LauncherIT {

  private static final Path SCRIPT = Path.of("..", "bin", "codiusd");
  private static final long SECONDS = 30;
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir private Path folder;

  private Path checkout;
  private Path programs;
  private Path jdk;

  private record Ended(int code, String stdout, String stderr) {}

  @BeforeEach
  void makesACheckout() throws Exception {
    checkout = folder.resolve("checkout");
    programs = Files.createDirectories(folder.resolve("programs"));
    jdk = folder.resolve("jdk");
    Files.createDirectories(checkout.resolve("bin"));
    Files.copy(SCRIPT, checkout.resolve("bin/codiusd"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createDirectories(checkout.resolve("codiusd-app/src/main/java"));
    Files.createDirectories(checkout.resolve(".mvn"));
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    Files.writeString(checkout.resolve("codiusd-app/pom.xml"), "<project/>");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"17.0.15\"\n");
    program(jdk.resolve("bin/java"), "echo \"java $*\"");
    program(jdk.resolve("bin/javac"), "exit 1");
    program(
        programs.resolve("mvn"),
        """
        echo '[INFO] Building codiusd-app 0.1.0                                [6/6]'
        touch "$PWD/built" && mkdir -p codiusd-app/target/lib
        touch codiusd-app/target/lib/codiusd-app-0.1.0.jar
        printf 'lib/a.jar:lib/b.jar' > codiusd-app/target/classpath""");
  }

  @Test
  void buildsFirstAndSaysSoOnStderrOnly() throws Exception {
    Ended ended = run(jdk, "quote", "a file.json");

    assertThat(ended.code).isZero();
    assertThat(ended.stdout)
        .isEqualTo(
            "java -XX:+UseSerialGC -Xms16m -Xmx256m -XX:MaxHeapFreeRatio=40"
                + " -Dio.netty.leakDetection.level=disabled -Dio.netty.jfr.enabled=false"
                + " -XX:TieredStopAtLevel=1"
                + " -Dcodiusd.program=%1$s/bin/codiusd -cp %2$s/codiusd-app-0.1.0.jar:%2$s/a.jar:%2$s/b.jar"
                    .formatted(checkout, checkout.resolve("codiusd-app/target/lib"))
                + " org.codius.daemon.cli.Codiusd quote a file.json\n");
    assertThat(ended.stderr)
        .contains("codiusd: building (a minute or two the first time")
        .contains("codiusd: building codiusd-app\n");
  }

  @Test
  void aHostWritesTheClassesThatLaterOnesStartWith() throws Exception {
    Path archive = checkout.resolve("codiusd-app/target/classes.jsa");

    assertThat(run(jdk, "serve").stdout).contains(" -XX:ArchiveClassesAtExit=" + archive + " ");
    Files.createFile(archive);
    assertThat(run(jdk).stdout).contains(" -XX:SharedArchiveFile=" + archive + " ");
    Files.setLastModifiedTime(archive, FileTime.from(LONG_AGO));
    assertThat(run(jdk).stdout).contains(" -XX:ArchiveClassesAtExit=" + archive + " ");
  }

  @Test
  void startsNoMavenOnceItIsBuiltAndWorksThroughALinkFromAnywhere() throws Exception {
    run(jdk);
    Files.delete(checkout.resolve("built"));
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, checkout.resolve("bin/codiusd"));

    Ended ended = start(jdk, link, "--version");

    assertThat(ended.code).isZero();
    assertThat(ended.stdout).contains("org.codius.daemon.cli.Codiusd --version");
    assertThat(ended.stderr).isEmpty();
    assertThat(checkout.resolve("built")).doesNotExist();
  }

  @Test
  void buildsAgainAfterASourceChanged() throws Exception {
    run(jdk);
    Files.delete(checkout.resolve("built"));
    Path classpath = checkout.resolve("codiusd-app/target/classpath");
    Files.setLastModifiedTime(classpath, FileTime.from(LONG_AGO));

    run(jdk);

    assertThat(checkout.resolve("built")).exists();
  }

  @Test
  void aBuildThatFailsShowsItsErrorsAndRunsNothing() throws Exception {
    program(programs.resolve("mvn"), "echo '[ERROR] cannot find symbol'; exit 1");

    Ended ended = run(jdk, "quote");

    assertThat(ended.code).isEqualTo(1);
    assertThat(ended.stdout).isEmpty();
    assertThat(ended.stderr).contains("[ERROR] cannot find symbol", "codiusd: the build failed");
  }

  @Test
  void aMissingMavenIsNamedWithTheCommandThatInstallsIt() throws Exception {
    Files.delete(programs.resolve("mvn"));

    Ended ended = run(jdk);

    assertThat(ended.code).isEqualTo(1);
    assertThat(ended.stderr)
        .isEqualTo(
            """
            codiusd: Maven is not installed, and codiusd has yet to be built
            Install it:  apt-get install -y maven
            """);
  }

  /** Starts it with only the few programs it needs besides Maven and Java on the path. */
  private Ended run(Path home, String... arguments) throws Exception {
    return start(home, checkout.resolve("bin/codiusd"), arguments);
  }

  private Ended start(Path home, Path script, String... arguments) throws Exception {
    for (String name :
        List.of(
            "bash",
            "readlink",
            "dirname",
            "find",
            "mkdir",
            "flock",
            "date",
            "touch",
            "grep",
            "head")) {
      Path link = programs.resolve(name);
      if (!Files.exists(link)) {
        Files.createSymbolicLink(link, which(name));
      }
    }
    List<String> command = new ArrayList<>();
    command.addAll(List.of(which("bash").toString(), script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("PATH", programs.toString());
    builder.environment().put("JAVA_HOME", home.toString());
    Path out = folder.resolve("stdout");
    Path err = folder.resolve("stderr");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(
        process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }

  private static Path which(String name) {
    return List.of(Path.of("/usr/bin", name), Path.of("/bin", name)).stream()
        .filter(Files::exists)
        .findFirst()
        .orElseThrow();
  }

  private static void program(Path path, String script) throws IOException {
    Files.writeString(path, "#!/bin/bash\n" + script + "\n");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
