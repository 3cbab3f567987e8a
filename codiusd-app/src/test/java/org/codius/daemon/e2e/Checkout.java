package org.codius.daemon.e2e;

import com.google.common.collect.ImmutableList;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Where things are that Maven and {@code bin/verify} put there. */
final class Checkout {

  private static final Path HOME = Path.of(System.getProperty("codius.home", ".."));
  private static final Path NPM =
      Path.of(System.getProperty("codius.npm", HOME.resolve("target/npm").toString()));

  private Checkout() {}

  /** Skips the test, saying why, where it cannot run. {@code bin/verify} lets none be skipped. */
  static void requireAll() throws Exception {
    Program.Ended who = Program.of(target(), "id", "-u").run(java.time.Duration.ofSeconds(5));
    Assumptions.assumeTrue(
        who.stdout().strip().equals("0"), "containers need root: run bin/verify as root");
    Assumptions.assumeTrue(
        Files.isExecutable(node()), node() + " is not there: bin/verify installs it");
  }

  /** Returns the command that {@code bin/codiusd} ends in, without the build before it. */
  static List<String> codiusd(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(List.of("-cp", target().resolve("lib") + "/*", "org.codius.daemon.cli.Codiusd"));
    command.addAll(arguments);
    return ImmutableList.copyOf(command);
  }

  /** Returns Node 16, the last that the original's programs run on. */
  static Path node() {
    return npmPackage("node").resolve("bin/node");
  }

  static Path npmModules() {
    return NPM.resolve("node_modules").toAbsolutePath();
  }

  static Path npmPackage(String name) {
    return npmModules().resolve(name);
  }

  /** Returns the module's build folder. */
  static Path target() {
    return HOME.resolve("codiusd-app/target").toAbsolutePath().normalize();
  }
}
