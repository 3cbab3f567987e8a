package org.codius.daemon.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.Daemon;
import org.codius.daemon.client.BuyerTimeouts;
import org.codius.daemon.client.PodBuyer;
import org.codius.daemon.client.PodFile;
import org.codius.daemon.client.StateFile;
import org.codius.daemon.client.Wallet;
import org.codius.daemon.config.DaemonConfig;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.ledger.SqlLedger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/**
 * A JavaScript program in a real container pays somebody outside, from the account its environment
 * names.
 */
class PodPaymentsIT {

  private static final Asset XRP = new Asset("XRP", 9);
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SecureRandom random = new SecureRandom();
  @TempDir Path folder;

  @Test
  void paysWhatItWasGivenAndIsOwedTheRest() throws Exception {
    Checkout.requireAll();
    int port = freePort();
    int connectorPort = freePort();
    DaemonConfig config =
        DaemonConfig.from(
            Map.of(
                "CODIUS_ROOT", folder.resolve("data").toString(),
                "CODIUS_PORT", Integer.toString(port),
                "CODIUS_CONNECTOR_PORT", Integer.toString(connectorPort),
                "CODIUS_DRIVER", "containerd"));
    Daemon daemon = Daemon.start(config);
    try (PodImages images = PodImages.start();
        Program.Running shop = shop(connectorPort)) {
      String pay = Eventually.find("the shop's address", TIMEOUT, () -> line(shop));
      ManifestHash hash = buy(images.payer(), port, connectorPort);
      Curl pod = new Curl(port, hash.value() + ".localhost:" + port);

      assertThat(reaches(pod, "169.254.77.68", 7768)).isTrue();
      daemon.fund(hash, Amount.of(5_000, XRP)).toCompletableFuture().get(10, TimeUnit.SECONDS);
      assertThat(pay(pod, pay, 4_000).get("totalSent").asText()).isEqualTo("4000");
      assertThat(reaches(pod, "169.254.77.68", port)).isFalse();
      assertThat(reaches(pod, gateway(), connectorPort)).isFalse();

      daemon.removeEverything();
      assertThat(balances())
          .containsOnly(Map.entry("child:pod-" + hash.value(), BigInteger.valueOf(1_000)));
    } finally {
      daemon.removeEverything();
    }
  }

  private static Program.Running shop(int connectorPort) throws IOException {
    return NodeScript.of(Path.of("/"), "shop.js", "btp+ws://:shop@127.0.0.1:" + connectorPort)
        .start();
  }

  private static Optional<String> line(Program.Running program) throws IOException {
    return program.output().lines().filter(line -> line.startsWith("interledger-stream")).findAny();
  }

  private ManifestHash buy(String image, int port, int connectorPort) {
    String request =
        """
        {"manifest":{"name":"payer","version":"1.0.0","machine":"small","port":"8080",
          "containers":[{"id":"app","image":"%s"}]},"private":{}}\
        """
            .formatted(image);
    try (Wallet wallet = Wallet.open(URI.create("btp+ws://127.0.0.1:" + connectorPort), random);
        StateFile state = StateFile.open(folder.resolve("payer.codiusstate.json"))) {
      return new PodBuyer(
              URI.create("http://127.0.0.1:" + port),
              wallet::sender,
              BuyerTimeouts.DEFAULT,
              InstantSource.system(),
              random,
              words -> {})
          .upload(PodFile.of(request), Duration.ofMinutes(5), BigDecimal.ONE, state)
          .manifestHash();
    }
  }

  private static JsonNode pay(Curl pod, String to, int amount) throws Exception {
    return JSON.readTree(pod.body("/pay?to=" + URLEncoder.encode(to, UTF_8) + "&amount=" + amount));
  }

  private static boolean reaches(Curl pod, String host, int port) throws Exception {
    return JSON.readTree(pod.body("/reach?host=" + host + "&port=" + port))
        .get("reached")
        .asBoolean();
  }

  /** Returns an address of this machine's that is not on loopback: pods have one for a gateway. */
  private static String gateway() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address)
        .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
        .map(InetAddresses::toAddrString)
        .findAny()
        .orElse("127.0.0.2");
  }

  private Map<String, BigInteger> balances() {
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + folder.resolve("data/ledger.db"));
    try (SqlLedger ledger = SqlLedger.open(database, XRP, InstantSource.system())) {
      assertThat(ledger.check()).isEmpty();
      return ledger.balances("child:pod-");
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
