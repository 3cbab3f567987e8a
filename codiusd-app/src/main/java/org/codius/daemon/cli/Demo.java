package org.codius.daemon.cli;

import com.google.common.io.BaseEncoding;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.codius.daemon.Daemon;
import org.codius.daemon.StartException;
import org.codius.daemon.client.BuyerTimeouts;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.client.PodBuyer;
import org.codius.daemon.client.PodFile;
import org.codius.daemon.client.Receipt;
import org.codius.daemon.client.StateFile;
import org.codius.daemon.client.Wallet;
import org.codius.daemon.config.DaemonConfig;
import org.codius.daemon.demo.DemoPod;
import org.codius.daemon.demo.LoopbackRegistry;
import org.codius.daemon.store.DataFolder;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.cri.EmbeddedContainerd;
import org.codius.hyper.cri.EmbeddedContainerdConfig;

/** A host, a customer and a web site, from the first packet to the last container removed. */
final class Demo {

  /** Units of the asset; 72 hours at the default price. */
  private static final BigDecimal MAXIMUM_PRICE = BigDecimal.ONE;

  private static final int TOKEN_BYTES = 16;

  private final int port;
  private final int connectorPort;
  private final Duration duration;
  private final Path busybox;
  private final Progress progress;
  private final SecureRandom random = new SecureRandom();

  Demo(int port, int connectorPort, Duration duration, Path busybox, Progress progress) {
    this.port = port;
    this.connectorPort = connectorPort;
    this.duration = duration;
    this.busybox = busybox;
    this.progress = progress;
  }

  /**
   * Runs it, and removes what it made.
   *
   * @param showTime returns when there has been enough to see
   */
  void run(DemoFolder folder, PrintWriter out, Runnable showTime) throws InterruptedException {
    Map<String, String> settings = settings(folder.path());
    progress.accept("starting a host on port " + port);
    Daemon daemon = start(settings, folder.path());
    try (LoopbackRegistry registry = LoopbackRegistry.start()) {
      progress.accept("making an image from " + busybox);
      String image = registry.add("demo/web", "latest", DemoPod.image(busybox));
      Receipt receipt = buy(daemon.publicUri(), image, folder.path());
      progress.accept("waiting for the pod to answer");
      PodProbe.await(daemon.address(), receipt.url(), DemoPod.GREETING);
      print(out, receipt, daemon.publicUri());
      progress.accept("");
      showTime.run();
      progress.accept("removing what the demo made");
    } catch (IOException e) {
      throw new StartException("make the demo's image: " + e.getMessage(), "", e);
    } finally {
      Thread.interrupted(); // Ctrl-C has been heard; removing must not be cut short by it
      daemon.removeEverything();
    }
  }

  private static Daemon start(Map<String, String> settings, Path folder) {
    try {
      return Daemon.start(DaemonConfig.from(settings));
    } catch (RuntimeException e) {
      removeRuntime(folder, e);
      throw e;
    }
  }

  /** A containerd outlives who started it, also where that was broken off. */
  private static void removeRuntime(Path folder, RuntimeException why) {
    boolean wasInterrupted = Thread.interrupted();
    try {
      Path instance = folder.resolve("instance");
      Path runtime = DataFolder.runtime(folder);
      if (Files.exists(instance) && Files.exists(runtime)) {
        String name = Files.readString(instance).strip();
        EmbeddedContainerd.start(EmbeddedContainerdConfig.of(name, runtime)).stop();
      }
    } catch (IOException | PodDriverException e) {
      why.addSuppressed(e);
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Receipt buy(URI host, String image, Path folder) {
    URI uplink = URI.create("btp+ws://127.0.0.1:" + connectorPort);
    try (Wallet wallet = Wallet.open(uplink, random);
        StateFile state = StateFile.open(folder.resolve("demo.codiusstate.json"))) {
      PodBuyer buyer =
          new PodBuyer(
              host, wallet::sender, BuyerTimeouts.DEFAULT, Clock.systemUTC(), random, progress);
      return buyer.upload(PodFile.of(DemoPod.request(image)), duration, MAXIMUM_PRICE, state);
    }
  }

  private Map<String, String> settings(Path folder) {
    if (!LocalPort.isFree(port)) {
      throw new StartException(
          "port " + port + " is taken",
          "Name a free one: "
              + Program.name()
              + " demo --port "
              + (port + 1)
              + "  (ss -ltnp 'sport = :"
              + port
              + "' tells who has it)");
    }
    Map<String, String> settings = new HashMap<>();
    settings.put("CODIUS_ROOT", folder.toString());
    settings.put("CODIUS_PORT", Integer.toString(port));
    settings.put("CODIUS_DRIVER", "containerd");
    settings.put("CODIUS_CONNECTOR_PORT", Integer.toString(connectorPort));
    if (!LocalPort.isFree(connectorPort)) {
      settings.put("CODIUS_UPLINK", takenConnector());
    }
    return settings;
  }

  /** Returns an account at the connector that is there already. */
  private String takenConnector() {
    byte[] token = new byte[TOKEN_BYTES];
    random.nextBytes(token);
    InetSocketAddress address = LocalPort.address(connectorPort);
    String uplink =
        "btp+ws://:%s@127.0.0.1:%d"
            .formatted(BaseEncoding.base16().lowerCase().encode(token), address.getPort());
    try (Wallet wallet = Wallet.open(URI.create(uplink), random)) {
      progress.accept(
          "port %d has an Interledger connector: paying with its %s, this machine to itself"
              .formatted(connectorPort, wallet.sender().asset().code()));
      return uplink;
    } catch (ClientException e) {
      throw new StartException(
          "port " + connectorPort + " is taken, and by no Interledger connector: " + e.getMessage(),
          "Stop what listens there (ss -ltnp 'sport = :"
              + connectorPort
              + "' tells), or use another: --connector-port "
              + (connectorPort + 1),
          e);
    }
  }

  private void print(PrintWriter out, Receipt receipt, URI host) {
    String hash = receipt.manifestHash().value();
    new Report()
        .add("URL", "url", receipt.url())
        .add("Manifest hash", "manifestHash", hash)
        .addMoney("Price", "price", receipt.paid(), receipt.isPlayMoney())
        .add("For", "duration", DurationConverter.format(duration))
        .add("Expires", "expiry", receipt.expiry())
        .print(out, false);
    String buying = connectorPort == 7768 ? "" : " --uplink btp+ws://127.0.0.1:" + connectorPort;
    out.println();
    out.println("Open the URL in a browser, or try, in another terminal:");
    out.println("  curl " + receipt.url());
    out.println("  " + Program.name() + " logs " + hash + " --follow --host " + host);
    out.println(
        "  "
            + Program.name()
            + " extend "
            + hash
            + " --duration 1h --max-price 0.1 --host "
            + host
            + buying);
    out.println("  curl " + host + "/info");
    out.flush();
  }
}
