package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Stopwatch;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.client.BuyerTimeouts;
import org.codius.daemon.client.PodBuyer;
import org.codius.daemon.client.PodFile;
import org.codius.daemon.client.Receipt;
import org.codius.daemon.client.StateFile;
import org.codius.daemon.client.Wallet;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many who buy at the same time, each a pod of their own: of the original's libraries, and of ours.
 *
 * <p>The host is the real one, over simulated machines, as real ones are not what is to be tried.
 * How many uploads it sold in a second is printed.
 */
final class RushIT {

  @RegisterExtension
  @Order(1)
  static final SimulatedMachines MACHINES = new SimulatedMachines();

  @RegisterExtension
  @Order(2)
  static final HostProcess HOST = new HostProcess(settings());

  private static final int JAVASCRIPT_PAYERS = 16;
  private static final int UPLOADS_OF_EACH = 2;
  private static final int JAVA_PAYERS = 64;

  /** More than one shows a host that is warm: {@code -Dcodius.rush.uploads=30}. */
  private static final int UPLOADS_OF_EACH_JAVA = Integer.getInteger("codius.rush.uploads", 1);

  private static final Duration SOLD = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final BigDecimal PLENTY = BigDecimal.ONE;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A machine large enough for as many unpaid pods as there are payers. */
  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(MACHINES.settings());
    settings.put("CODIUS_MACHINE_MIB", Integer.toString(1 << 20));
    return settings;
  }

  @Test
  void sixteenPayersWithTheOriginalsLibrariesAreAllSoldTo() throws Exception {
    Books before = Books.of(HOST);

    List<String> lines =
        NodeScript.of(
                HOST.root(),
                "rush.js",
                HOST.connector().toString(),
                HOST.uri().toString(),
                SimulatedMachines.IMAGE.digested(),
                Integer.toString(JAVASCRIPT_PAYERS),
                Integer.toString(UPLOADS_OF_EACH),
                "1000000000")
            .run(PATIENCE)
            .succeeded()
            .stdout()
            .lines()
            .toList();

    int uploads = JAVASCRIPT_PAYERS * UPLOADS_OF_EACH;
    assertThat(lines).hasSize(uploads + 1);
    BigInteger paid = BigInteger.ZERO;
    for (String line : lines.subList(0, uploads)) {
      JsonNode sold = JSON.readTree(line);
      assertThat(sold.path("status").asInt()).as(line).isEqualTo(200);
      paid = paid.add(new BigInteger(sold.path("price").asText()));
    }
    assertThat(Books.of(HOST).earned().subtract(before.earned())).isEqualTo(paid);
    print(JAVASCRIPT_PAYERS, "JavaScript", uploads, Long.parseLong(lines.get(uploads)));
  }

  @Test
  void sixtyFourPayersWithOurLibraryAreAllSoldTo() throws Exception {
    Books before = Books.of(HOST);
    ExecutorService payers = Executors.newFixedThreadPool(JAVA_PAYERS);
    Stopwatch watch = Stopwatch.createStarted();
    BigInteger paid = BigInteger.ZERO;
    try {
      List<Future<BigInteger>> bills = new ArrayList<>();
      for (int i = 0; i < JAVA_PAYERS; i++) {
        String name = "java-payer-" + i;
        bills.add(payers.submit(() -> buy(name)));
      }
      for (Future<BigInteger> bill : bills) {
        paid = paid.add(bill.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      }
    } finally {
      payers.shutdownNow();
    }
    assertThat(Books.of(HOST).earned().subtract(before.earned())).isEqualTo(paid);
    print(
        JAVA_PAYERS,
        "Java",
        JAVA_PAYERS * UPLOADS_OF_EACH_JAVA,
        watch.elapsed(TimeUnit.MILLISECONDS));
  }

  /** Returns what all of a payer's uploads cost. */
  private static BigInteger buy(String name) throws Exception {
    SecureRandom random = new SecureRandom();
    BigInteger paid = BigInteger.ZERO;
    Path folder = Files.createTempDirectory(HOST.root(), name);
    try (Wallet wallet = Wallet.open(HOST.connector(), random);
        StateFile state = StateFile.open(folder.resolve("state.json"))) {
      PodBuyer buyer =
          new PodBuyer(
              HOST.uri(),
              wallet::sender,
              BuyerTimeouts.DEFAULT,
              Clock.systemUTC(),
              random,
              words -> {});
      for (int i = 0; i < UPLOADS_OF_EACH_JAVA; i++) {
        String upload = SimulatedMachines.upload(name + "-" + i).toString();
        Receipt sold = buyer.upload(PodFile.of(upload), SOLD, PLENTY, state);
        paid = paid.add(sold.paid().baseUnits().bigIntegerValue());
      }
    }
    return paid;
  }

  private static void print(int payers, String language, int uploads, long millis) {
    System.out.printf(
        "%d %s payers: %d uploads in %d ms, %.1f in a second%n",
        payers, language, uploads, millis, uploads * 1000.0 / millis);
  }
}
