package org.codius.daemon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.client.Wallet;
import org.codius.daemon.config.DaemonConfig;
import org.codius.daemon.config.InvalidConfigException;
import org.codius.daemon.config.Money;
import org.codius.daemon.config.Tls;
import org.codius.daemon.disk.Disk;
import org.codius.daemon.disk.DiskGuard;
import org.codius.daemon.store.DataFolder;

/** Looks at everything a host needs, and changes nothing. */
final class Checkup {

  private static final long ENOUGH_DISK = 5L << 30;
  private static final int LEAST_JAVA = 17;

  private final Consumer<String> progress;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param progress is told what is looked at
   */
  Checkup(Consumer<String> progress) {
    this.progress = progress;
  }

  /** Returns what was found, in the order to deal with it. */
  List<Finding> run(HostOptions host) {
    machine();
    DaemonConfig config;
    try {
      config = host.config();
      findings.add(Finding.ok("configuration", "every setting is understood"));
    } catch (InvalidConfigException e) {
      findings.add(Finding.problem("configuration", String.valueOf(e.getMessage()), e.help()));
      config = DaemonConfig.from(Map.of());
    }
    String name = config.frontDoor().publicUri().getHost();
    findings.addAll(new RuntimeCheck(progress).look(config));
    findings.add(FirewallCheck.look(config, progress));
    boolean isTaken = isTaken(config.frontDoor().bind());
    certificates(config.frontDoor().tls(), name);
    progress.accept("looking up " + name);
    findings.add(new NamesCheck(InetAddress::getAllByName).look(name));
    ReachCheck reach = new ReachCheck(config, progress);
    findings.addAll(reach.look(isTaken));
    if (config.money() instanceof Money.Uplink && isTaken) {
      findings.add(runningUplink(reach.info()));
    } else {
      money(config.money());
    }
    folder(config.root());
    progress.accept("comparing the clock");
    findings.add(
        new ClockCheck(InstantSource.system())
            .look(ClockCheck.places(config.sources().images().registries())));
    return List.copyOf(findings);
  }

  private void machine() {
    String system = System.getProperty("os.name") + " " + System.getProperty("os.version");
    findings.add(
        SystemPackages.isLinux()
            ? Finding.ok("linux", system)
            : Finding.problem("linux", system, "Run hosts on Linux. Buying works anywhere."));
    findings.add(
        SystemPackages.isRoot()
            ? Finding.ok("root", "running as root")
            : Finding.problem("root", "not root", "sudo " + Program.name() + " doctor"));
    String version = System.getProperty("java.version") + ", " + System.getProperty("java.vendor");
    findings.add(
        java.lang.Runtime.version().feature() >= LEAST_JAVA
            ? Finding.ok("java", version)
            : Finding.problem("java", version, "apt-get install -y openjdk-17-jre-headless"));
  }

  private boolean isTaken(InetSocketAddress bind) {
    String where = bind.getAddress().getHostAddress() + ":" + bind.getPort();
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(bind);
      findings.add(Finding.ok("port", where + " is free"));
      return false;
    } catch (IOException e) {
      findings.add(
          Finding.warning(
              "port",
              where + ": " + e.getMessage(),
              "If that is codiusd itself, well. Else stop what listens there"
                  + " (ss -ltnp), or set CODIUS_PORT."));
      return true;
    }
  }

  private void certificates(Tls tls, String host) {
    if (tls instanceof Tls.Off) {
      findings.add(Finding.ok("tls", "off: clients come by http, or something in front has it"));
    } else if (tls instanceof Tls.SelfSigned) {
      findings.add(
          Finding.warning(
              "tls",
              "self-signed, which clients do not believe",
              "For the web, set CODIUS_TLS_CERTIFICATE and CODIUS_TLS_KEY to a certificate for "
                  + host
                  + " and *."
                  + host
                  + "."));
    } else {
      findings.add(CertificateCheck.look(((Tls.Files) tls).files(), host, Instant.now()));
    }
  }

  private void money(Money money) {
    if (money instanceof Money.Uplink uplink) {
      connector("uplink", uplink.uri(), "Check CODIUS_UPLINK: host, port and token.");
      return;
    }
    int port = ((Money.Play) money).port();
    if (LocalPort.isFree(port)) {
      findings.add(
          Finding.ok(
              "uplink",
              "none set: codiusd brings a connector with play money, on 127.0.0.1:" + port));
      return;
    }
    connector(
        "uplink",
        URI.create("btp+ws://127.0.0.1:" + port),
        "Port "
            + port
            + " is taken by something else: stop it (ss -ltnp), or set CODIUS_CONNECTOR_PORT.");
  }

  /** A second connection under the host's account would be given its payments. */
  static Finding runningUplink(Optional<JsonNode> info) {
    if (info.isEmpty()) {
      return Finding.warning(
          "uplink",
          "not tried: what listens at the host's port may be using it",
          "See to reach above first, or stop the host and look again.");
    }
    return info.get().path("connected").asBoolean()
        ? Finding.ok("uplink", "the host that runs is connected to it")
        : Finding.problem(
            "uplink",
            "the host that runs is not connected to it, and tries again and again",
            "Does the connector run? Else check CODIUS_UPLINK: host, port and token.");
  }

  private void connector(String check, URI uri, String next) {
    progress.accept("asking the connector at " + uri.getHost() + ":" + uri.getPort());
    try (Wallet wallet = Wallet.open(uri, new SecureRandom())) {
      findings.add(
          Finding.ok(
              check,
              "a connector at %s:%d, %s, scale %d, our address is %s"
                  .formatted(
                      uri.getHost(),
                      uri.getPort(),
                      wallet.sender().asset().code(),
                      wallet.sender().asset().scale(),
                      wallet.uplink().address().getValue())));
    } catch (ClientException e) {
      findings.add(Finding.problem(check, e.getMessage(), next));
    }
  }

  static Finding disk(Disk.Room room) {
    if (room.fraction() < DiskGuard.LOW) {
      return Finding.problem(
          "disk",
          room.toString(),
          "Nothing is uploaded below %.0f %%, and below half of that pods are ended: make room."
              .formatted(DiskGuard.LOW * 100));
    }
    return room.usableBytes() >= ENOUGH_DISK
        ? Finding.ok("disk", room.toString())
        : Finding.warning(
            "disk", room.toString(), "Images and logs of pods need room: have 5 GiB or more.");
  }

  private void folder(Path root) {
    Path existing = root.toAbsolutePath();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    boolean isWritable = Files.isDirectory(existing) && Files.isWritable(existing);
    findings.add(
        isWritable
            ? Finding.ok("data folder", root + (existing.equals(root) ? "" : " can be made"))
            : Finding.problem(
                "data folder",
                existing + " cannot be written",
                "Run as root, or set CODIUS_ROOT to a folder of yours."));
    try {
      Disk.Room room = new Disk(List.of(root, DataFolder.runtime(root))).room();
      findings.add(disk(room));
    } catch (IOException e) {
      findings.add(Finding.warning("disk", existing + ": " + e.getMessage(), ""));
    }
  }
}
