package org.codius.daemon.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.codius.daemon.StartException;
import org.codius.daemon.demo.Busybox;
import org.codius.hyper.cri.EmbeddedContainerd;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the whole thing on one machine. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "See a pod being bought and run, on this machine alone.",
      "",
      "Starts a host with play money and a private containerd, makes a small web site into an image,"
          + " buys an hour for it, and shows where it answers. Ctrl-C removes all of it.",
      "",
      "Needs Linux and root, and a few Debian packages that it offers to install."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  codiusd demo",
      "  codiusd demo --exit          for scripts: 0 once the pod has answered",
      "  codiusd demo --port 3001 --connector-port 7769",
    })
final class DemoCommand implements Callable<Integer> {

  @Option(names = "--exit", description = "End once the pod has answered. Implies --yes.")
  private boolean isExiting;

  @Option(names = "--yes", description = "Install missing packages without asking.")
  private boolean isYes;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "3000",
      description = "The host's port. Default: ${DEFAULT-VALUE}.")
  private int port = 3000;

  @Option(
      names = "--connector-port",
      paramLabel = "PORT",
      defaultValue = "7768",
      description = {
        "The port of the Interledger connector. If one listens there already, it is used.",
        "Default: ${DEFAULT-VALUE}."
      })
  private int connectorPort = 7768;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "1h",
      converter = DurationConverter.class,
      description = "How much time to buy. Default: ${DEFAULT-VALUE}.")
  private Duration duration = Duration.ofHours(1);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    Path busybox = prepare(err);
    Path root = new HostOptions().config().root();
    try (EndSignal end = new EndSignal();
        Progress progress = new Progress(err)) {
      Demo demo = new Demo(port, connectorPort, duration, busybox, progress);
      try (DemoFolder folder = DemoFolder.open(root)) {
        demo.run(folder, spec.commandLine().getOut(), isExiting ? () -> {} : end::await);
      } catch (RuntimeException | InterruptedException e) {
        if (!end.isThere()) {
          throw e; // else it broke off because it was told to
        }
      }
      return end.isThere() && isExiting ? EndSignal.EXIT_CODE : Codiusd.OK;
    }
  }

  /** Returns the busybox to build the image from, once everything is installed. */
  private Path prepare(PrintWriter err) {
    if (!SystemPackages.isLinux()) {
      throw new StartException(
          "this is " + System.getProperty("os.name") + ", and pods need Linux",
          "Run it in a Linux machine or virtual machine, as root. Buying from a host works here:"
              + " codiusd upload --help");
    }
    List<String> missing = missingPackages();
    if (!SystemPackages.isRoot()) {
      String install =
          missing.isEmpty() ? "" : " It also needs: " + SystemPackages.installCommand(missing);
      throw new StartException(
          "not root, and containers, networks and firewall rules need root",
          "Run it as root: sudo " + Program.name() + " demo" + install);
    }
    if (!missing.isEmpty()) {
      err.println("codiusd: these Debian packages are missing: " + String.join(" ", missing));
      err.flush();
      if (!SystemPackages.hasAptGet()) {
        throw new StartException(
            "this is no Debian: there is no apt-get",
            "Install what these packages hold in Debian 12, then run this again.");
      }
      agree(missing);
      SystemPackages.install(
          missing,
          line -> {
            err.println("apt: " + line);
            err.flush();
          });
      List<String> still = missingPackages();
      if (!still.isEmpty()) {
        throw new StartException(
            "installed, and yet not found: " + String.join(" ", still),
            "codiusd doctor tells what it looked for.");
      }
    }
    return Busybox.find().orElseThrow();
  }

  private void agree(List<String> missing) {
    String command = SystemPackages.installCommand(missing);
    if (isYes || isExiting) {
      return;
    }
    String answer =
        Terminal.ask("Run '" + command + "'? [Y/n]")
            .orElseThrow(
                () ->
                    new StartException(
                        "packages are missing, and there is no terminal to ask whether to install"
                            + " them",
                        "Say --yes, or run: " + command));
    if (!answer.matches("(?i)y|yes|")) {
      throw new StartException("packages are missing", "Run: " + command);
    }
  }

  private static List<String> missingPackages() {
    List<String> missing = new ArrayList<>(EmbeddedContainerd.missingPackages());
    if (Busybox.find().isEmpty()) {
      missing.add(Busybox.PACKAGE);
    }
    return missing;
  }
}
