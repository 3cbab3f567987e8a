package org.codius.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build's list of versions with known vulnerabilities, read by the Maven that reads it. */
class VulnerableVersionsIT {

  private static final Path LIST = Path.of("..", ".ci", "vulnerable-versions.xml");
  private static final long SECONDS = 60;

  @TempDir Path folder;

  private record Ended(int code, String output) {}

  @Test
  void aVersionWithAKnownVulnerabilityFailsTheBuild() throws Exception {
    Ended build =
        build(
            "io.netty:netty-codec-http2:4.2.12.Final",
            "io.netty:netty-codec-http:4.1.100.Final",
            "io.netty:netty-handler:4.2.18.Final",
            "org.apache.httpcomponents.core5:httpcore5-h2:5.4.2",
            "com.fasterxml.jackson.core:jackson-databind:2.21.3",
            "com.fasterxml.jackson.core:jackson-core:2.21.3");

    assertThat(build.code()).as(build.output()).isNotZero();
    assertThat(build.output().lines().filter(line -> line.contains("<--- banned")))
        .extracting(line -> line.replaceAll(".* ([^ ]+:jar:[^ ]+) .*", "$1"))
        .containsExactlyInAnyOrder(
            "io.netty:netty-codec-http2:jar:4.2.12.Final",
            "io.netty:netty-codec-http:jar:4.1.100.Final",
            "org.apache.httpcomponents.core5:httpcore5-h2:jar:5.4.2",
            "com.fasterxml.jackson.core:jackson-databind:jar:2.21.3");
  }

  @Test
  void versionsThatWereMendedDoNot() throws Exception {
    Ended build =
        build(
            "io.netty:netty-codec-http2:4.2.15.Final",
            "io.netty:netty-handler:4.1.135.Final",
            "io.netty:netty-tcnative-classes:2.0.84.Final",
            "com.fasterxml.jackson.core:jackson-databind:2.18.8");

    assertThat(build.code()).as(build.output()).isZero();
  }

  /**
   * Checks a project with such dependencies.
   *
   * @param dependencies of system scope, which Maven believes to exist without asking anybody
   */
  private Ended build(String... dependencies) throws IOException, InterruptedException {
    Path jar = Files.write(folder.resolve("any.jar"), new byte[0]);
    String listed =
        Arrays.stream(dependencies)
            .map(dependency -> dependency.split(":", -1))
            .map(
                parts ->
                    """
                    <dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>
                    <scope>system</scope><systemPath>%s</systemPath></dependency>
                    """
                        .formatted(parts[0], parts[1], parts[2], jar))
            .collect(Collectors.joining());
    Path pom = folder.resolve("pom.xml");
    Files.writeString(
        pom,
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
        <groupId>org.codius.test</groupId><artifactId>any</artifactId><version>1</version>
        <dependencies>%s</dependencies>
        <build><plugins><plugin><artifactId>maven-enforcer-plugin</artifactId><version>3.7.0</version>
        <configuration><rules><externalRules><location>%s</location></externalRules></rules></configuration>
        </plugin></plugins></build></project>
        """
            .formatted(listed, LIST.toRealPath()));
    Path log = folder.resolve("log");
    Process maven =
        new ProcessBuilder("mvn", "-o", "-B", "-f", pom.toString(), "enforcer:enforce")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(maven.waitFor(SECONDS, TimeUnit.SECONDS)).as("Maven ends").isTrue();
      return new Ended(maven.exitValue(), Files.readString(log, UTF_8));
    } finally {
      maven.destroyForcibly().onExit().join();
    }
  }
}
