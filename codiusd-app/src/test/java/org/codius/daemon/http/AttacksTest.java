package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.codius.daemon.http.ApiUnderTest.Answer;
import org.codius.daemon.lease.LeaseHarness;
import org.codius.daemon.lease.Order;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks by clients that know what they do. {@link ManagementTest} has those by other payers. */
class AttacksTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Amount PRICE = Amount.of(1_141_553, LeaseHarness.XRP);

  @TempDir Path folder;

  private ApiUnderTest api;
  private LeaseHarness host;

  @BeforeEach
  void start() throws Exception {
    api = ApiUnderTest.start(folder, true);
    host = api.host();
  }

  @AfterEach
  void stop() throws Exception {
    api.close();
  }

  /** With the money's real end: an invoice must leave nothing behind there either. */
  @Test
  void aThousandDemandsForPaymentCostNeitherMemoryNorDisk(@TempDir Path other) throws Exception {
    try (LocalMoney money = new LocalMoney();
        ApiUnderTest sold =
            ApiUnderTest.start(
                new LeaseHarness(other, InstantSource.system(), money::receiver),
                new ApiConfig(true, false, 0))) {
      demand(sold, 50); // what is made on first use
      List<String> files = files(other);
      long before = usedMemory();

      demand(sold, 1000);

      assertThat(files(other)).isEqualTo(files);
      assertThat(sold.host().store().all()).isEmpty();
      assertThat(sold.host().driver().starts()).isZero();
      assertThat(usedMemory() - before).isLessThan(1_000_000L); // not a kilobyte for each
    }
  }

  private static void demand(ApiUnderTest sold, int times) throws Exception {
    String request = sold.host().request("x", "");
    for (int i = 0; i < times; i++) {
      String token = "Pay-Token: " + sold.host().token().toHeader() + "\r\n";
      assertThat(sold.call("POST", "/pods?duration=300", token, request).status()).isEqualTo(402);
    }
  }

  @Test
  void whatWasPaidForOnePodBuysNoOther() throws Exception {
    PayToken token = host.payFor(upload(host.request("a", "")), PRICE);

    Answer answer = buy(token, host.request("b", ""), 300);

    assertRefused(answer, 409, "PAY_TOKEN_MISMATCH");
    assertThat(host.driver().starts()).isZero();
    assertThat(buy(token, host.request("a", ""), 300).status()).isEqualTo(200);
    assertRefused(buy(token, host.request("b", ""), 300), 409, "PAY_TOKEN_MISMATCH");
    assertRefused(buy(token, host.request("a", ""), 301), 409, "PAY_TOKEN_MISMATCH");
    assertThat(host.store().all()).hasSize(1);
  }

  private Answer buy(PayToken token, String request, int seconds) throws IOException {
    return api.call(
        "POST", "/pods?duration=" + seconds, "Pay-Token: " + token.toHeader() + "\r\n", request);
  }

  private static Order upload(String request) {
    return LeaseHarness.upload(request, Duration.ofMinutes(5));
  }

  /** Names and sizes. */
  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file + " " + file.toFile().length())
          .sorted()
          .toList();
    }
  }

  private static long usedMemory() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private static void assertRefused(Answer answer, int status, String code) throws Exception {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(JSON.readTree(answer.body()).get("code").textValue()).isEqualTo(code);
  }
}
