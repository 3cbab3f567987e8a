package org.codius.daemon.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.codius.daemon.Daemon;
import org.codius.daemon.StartException;
import org.codius.daemon.config.DaemonConfig;
import org.codius.daemon.systemd.SystemdNotifier;
import org.codius.daemon.systemd.Watchdog;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a host until it is told to stop. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Run a host: sell pods until Ctrl-C or SIGTERM. Pods outlive it.",
    footerHeading =
        "%nConfiguration (environment, or lines of the file CODIUS_CONFIG), the most needed:%n",
    footer = {
      "  CODIUS_PUBLIC_URI      what clients reach this host by; default http://localhost:<port>",
      "  CODIUS_PORT            the port to listen on; default 3000",
      "  CODIUS_BIND_IP         the address to listen on; default 127.0.0.1",
      "  CODIUS_TLS_CERTIFICATE, CODIUS_TLS_KEY, CODIUS_REDIRECT_PORT",
      "                         PEM files, or self-signed; and a port that sends clients to https",
      "  CODIUS_UPLINK          btp+ws://... of an Interledger connector; default: one of its own,",
      "                         on 127.0.0.1:7768, with play money",
      "  CODIUS_COST_PER_MONTH  price of a pod, in units of the asset; default 10",
      "",
      "codiusd config show lists all of them; docs/configuration.md explains them.",
      "",
      "Examples:",
      "  codiusd serve",
      "  CODIUS_PORT=8080 CODIUS_COST_PER_MONTH=2 codiusd serve",
    })
final class ServeCommand implements Callable<Integer> {

  @Mixin private HostOptions host = new HostOptions();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Listen on this port. The same as CODIUS_PORT.")
  private @Nullable Integer port;

  @Option(
      names = "--i-know",
      description = "Listen on a public address although the money is play money.")
  private boolean iKnow;

  @Spec private CommandSpec spec = CommandSpec.create();

  @SuppressWarnings("try") // the watchdog only has to be closed
  @Override
  public Integer call() {
    if (iKnow) {
      host.set("CODIUS_I_KNOW", "true");
    }
    if (port != null) {
      host.set("CODIUS_PORT", port.toString());
    }
    DaemonConfig config = host.config();
    try (EndSignal end = new EndSignal();
        SystemdNotifier systemd = SystemdNotifier.open(System.getenv())) {
      try (Daemon daemon = Daemon.start(config);
          Watchdog watchdog = Watchdog.start(systemd, daemon::isResponsive)) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(daemon.publicUri());
        out.flush();
        systemd.ready(daemon.publicUri().toString());
        System.gc(); // most of what a start makes is garbage, and the memory belongs to the pods
        end.await();
        systemd.stopping();
      } catch (StartException e) {
        if (!end.isThere()) {
          throw explained(e); // else it did not start because it was told not to
        }
      }
    } catch (IOException e) {
      throw new StartException(
          "tell systemd: " + e.getMessage(),
          "Set Type=exec in the unit, or unset NOTIFY_SOCKET.",
          e);
    }
    return Codiusd.OK;
  }

  private static StartException explained(StartException e) {
    return SystemPackages.isRoot()
        ? e
        : new StartException(
            String.valueOf(e.getMessage()),
            e.help()
                + "\nThis is not root, which containers, networks and firewall rules need: sudo "
                + Program.name()
                + " serve",
            e);
  }
}
