package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.codius.daemon.client.BuyerTimeouts;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.client.PodBuyer;
import org.codius.daemon.client.PodFile;
import org.codius.daemon.client.Receipt;
import org.codius.daemon.client.StateFile;
import org.codius.daemon.client.Wallet;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A host that is paid through a connector, which is killed while a payment is under way. */
final class UplinkLostIT {

  @RegisterExtension
  @Order(1)
  static final SimulatedMachines MACHINES = new SimulatedMachines();

  @RegisterExtension
  @Order(2)
  static final ParentConnector PARENT = new ParentConnector();

  @RegisterExtension
  @Order(3)
  static final HostProcess HOST = new HostProcess(settings());

  private static final Duration SOLD = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String UPLOAD =
      SimulatedMachines.upload("paid-over-a-lost-uplink").toString();

  @TempDir private Path folder;

  private final SecureRandom random = new SecureRandom();

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>(MACHINES.settings());
    settings.putAll(PARENT.settings());
    return settings;
  }

  @Test
  void whoAsksAgainUnderTheSameTokenIsChargedAndSoldToOnce() throws Exception {
    BigInteger price = HOST.api().quote(SimulatedMachines.upload("paid-over-a-lost-uplink"), SOLD);
    Books before = Books.of(HOST);
    ExecutorService payers = Executors.newSingleThreadExecutor();
    try {
      Future<Receipt> first = payers.submit(this::buy);
      Eventually.find(
          "a payment under way",
          PATIENCE,
          () -> Optional.of(Books.of(HOST).less(before)).filter(Books::hasReceived));

      PARENT.kill();

      Books broken = Books.of(HOST).less(before);
      assertThat(broken.received()).as("what came before it was killed").isLessThan(price);
      assertThat(broken.earned()).isZero();
      PARENT.start();
      Receipt receipt = receipt(first);

      Books books = Books.of(HOST).less(before);
      assertThat(books.earned()).isEqualTo(price);
      assertThat(books.received().subtract(books.owed())).isEqualTo(price);
      assertThat(MACHINES.pods())
          .filteredOn(pod -> pod.contains(receipt.manifestHash().value()))
          .hasSize(1);
      assertThat(buy().expiry()).as("bought already").isEqualTo(receipt.expiry());
      assertThat(Books.of(HOST).less(before)).isEqualTo(books);
    } finally {
      payers.shutdownNow();
    }
  }

  /**
   * A JavaScript payer is not told what became of its packets, and gives up when its plugin has
   * waited for them (2 s here, 35 by default).
   */
  @Test
  void aJavaScriptPayerWhoAsksAgainPaysTheRest() throws Exception {
    ObjectNode upload = SimulatedMachines.upload("paid-from-javascript-over-a-lost-uplink");
    BigInteger price = HOST.api().quote(upload, SOLD);
    Books before = Books.of(HOST);
    Program payer = payer(upload, SOLD, price);
    try (Program.Running first = payer.start()) {
      Eventually.find(
          "a payment under way",
          PATIENCE,
          () -> Optional.of(Books.of(HOST).less(before)).filter(Books::hasReceived));

      PARENT.kill();

      assertThat(Books.of(HOST).less(before).received()).isLessThan(price);
      PARENT.start();
      assertThat(first.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("it gives up")
          .isTrue();
    }
    BigInteger arrived = Books.of(HOST).less(before).received();

    JsonNode answer = JSON.readTree(payer.run(PATIENCE).succeeded().stdout());

    assertThat(answer.get("status").asInt()).as(answer.toString()).isEqualTo(200);
    assertThat(new BigInteger(answer.get("price").asText())).isEqualTo(price.subtract(arrived));
    Books books = Books.of(HOST).less(before);
    assertThat(books.earned()).isEqualTo(price);
    assertThat(books.owed()).isZero();
    assertThat(books.received()).isEqualTo(price);
  }

  @Test
  @Tag("long")
  void aJavaScriptPayerWhoIsTooSlowIsToldSo() throws Exception {
    ObjectNode upload = SimulatedMachines.upload("paid-from-javascript-too-slowly");
    Duration days = Duration.ofDays(3);

    Program payer = payer(upload, days, HOST.api().quote(upload, days));
    JsonNode answer = JSON.readTree(payer.run(PATIENCE).succeeded().stdout());

    assertThat(answer.get("status").asInt()).as(answer.toString()).isEqualTo(402);
    assertThat(new BigInteger(answer.get("price").asText())).isPositive();
  }

  private Program payer(ObjectNode upload, Duration duration, BigInteger price) throws Exception {
    ObjectNode order =
        JSON.createObjectNode()
            .put("url", HOST.uri() + "/pods?duration=" + duration.toSeconds())
            .put("method", "POST")
            .put("token", PayToken.random(random).hex())
            .put("maxPrice", price.toString())
            .put("server", PARENT.uri().toString().replace("//", "//:javascript@"))
            .put("responseTimeout", 2_000);
    order.set("body", upload);
    return NodeScript.of(folder, "buy.js", order.toString());
  }

  /** The payment may have got through by itself; else the client asks again, as it is told to. */
  private Receipt receipt(Future<Receipt> first) throws Exception {
    try {
      return first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(ClientException.class);
      return buy();
    }
  }

  private Receipt buy() throws Exception {
    try (Wallet wallet = Wallet.open(PARENT.uri(), random);
        StateFile state = StateFile.open(folder.resolve("state.json"))) {
      return new PodBuyer(
              HOST.uri(),
              wallet::sender,
              BuyerTimeouts.DEFAULT,
              Clock.systemUTC(),
              random,
              words -> {})
          .upload(PodFile.of(UPLOAD), SOLD, BigDecimal.ONE, state);
    }
  }
}
