package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Order;
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
    ExecutorService payers = Executors.newSingleThreadExecutor();
    try {
      Future<Receipt> first = payers.submit(this::buy);
      Eventually.find(
          "a payment under way",
          PATIENCE,
          () -> Optional.of(Books.of(HOST).received()).filter(sum -> sum.signum() > 0));

      PARENT.kill();

      Books broken = Books.of(HOST);
      assertThat(broken.received()).as("what came before it was killed").isLessThan(price);
      assertThat(broken.earned()).isZero();
      PARENT.start();
      Receipt receipt = receipt(first);

      Books books = Books.of(HOST);
      assertThat(books.earned()).isEqualTo(price);
      assertThat(books.received().subtract(books.owed())).isEqualTo(price);
      assertThat(MACHINES.pods())
          .singleElement()
          .asString()
          .contains(receipt.manifestHash().value());
      assertThat(buy().expiry()).as("bought already").isEqualTo(receipt.expiry());
      assertThat(Books.of(HOST)).isEqualTo(books);
    } finally {
      payers.shutdownNow();
    }
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
