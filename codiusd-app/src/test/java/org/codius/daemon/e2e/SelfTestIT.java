package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.codius.daemon.Daemon;
import org.codius.daemon.config.DaemonConfig;
import org.codius.payments.Asset;
import org.codius.payments.ledger.SqlLedger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** A host buys from itself, a real container, and tells how that ended. */
class SelfTestIT {

  private static final Asset XRP = new Asset("XRP", 9);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void buysAPodAsksItAndGivesItBack() throws Exception {
    Checkout.requireAll();
    int port = freePort();
    Daemon daemon = Daemon.start(config(port, "http://localhost:" + port));
    try {
      JsonNode info = awaitEnd(port);

      assertThat(info.at("/selfTest/state").asText()).as(info.toString()).isEqualTo("passed");
      assertThat(info.at("/selfTest/message").asText()).contains("answered HTTP and WebSocket");
      assertThat(info.get("selfTestSuccess").asBoolean()).isTrue();
      assertThat(info.get("acceptingUploads").asBoolean()).isTrue();
      Eventually.find(
          "no pod",
          TIMEOUT,
          () -> Optional.of(info(port)).filter(now -> now.get("runningContracts").asInt() == 0));
    } finally {
      daemon.removeEverything();
    }
    BigInteger granted = BigInteger.valueOf(10_000).multiply(BigInteger.TEN.pow(9));
    BigInteger minute = BigInteger.valueOf(228_311); // 10 XRP for 2,628,000 s, rounded up
    assertThat(balances()).containsExactly(Map.entry("child:self-test", granted.subtract(minute)));
  }

  @Test
  void saysThatNobodyReachesItAndSellsNothingIfItIsToldTo() throws Exception {
    Checkout.requireAll();
    int port = freePort();
    Daemon daemon = Daemon.start(config(port, "http://localhost:" + freePort()));
    try {
      JsonNode info = awaitEnd(port);

      assertThat(info.at("/selfTest/state").asText()).isEqualTo("failed");
      assertThat(info.at("/selfTest/message").asText()).contains("Connection refused");
      assertThat(info.at("/selfTest/help").asText()).contains("codiusd doctor");
      assertThat(info.get("selfTestSuccess").asBoolean()).isFalse();
      assertThat(info.get("acceptingUploads").asBoolean()).isFalse();
    } finally {
      daemon.removeEverything();
    }
    assertThat(balances()).isEmpty();
  }

  private DaemonConfig config(int port, String publicUri) throws IOException {
    Map<String, String> settings = new TreeMap<>();
    settings.put("CODIUS_ROOT", folder.resolve("data").toString());
    settings.put("CODIUS_PORT", Integer.toString(port));
    settings.put("CODIUS_PUBLIC_URI", publicUri);
    settings.put("CODIUS_CONNECTOR_PORT", Integer.toString(freePort()));
    settings.put("CODIUS_DRIVER", "containerd");
    settings.put("CODIUS_SELF_TEST", "gate");
    return DaemonConfig.from(settings);
  }

  private static JsonNode awaitEnd(int port) throws Exception {
    return Eventually.find(
        "the end of the self test",
        TIMEOUT,
        () ->
            Optional.of(info(port))
                .filter(info -> !info.at("/selfTest/state").asText().equals("running")));
  }

  private static JsonNode info(int port) throws IOException, InterruptedException {
    return JSON.readTree(new HostApi(URI.create("http://127.0.0.1:" + port)).get("/info").body());
  }

  private Map<String, BigInteger> balances() {
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + folder.resolve("data/ledger.db"));
    try (SqlLedger ledger = SqlLedger.open(database, XRP, InstantSource.system())) {
      assertThat(ledger.check()).isEmpty();
      return ledger.balances("child:");
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
