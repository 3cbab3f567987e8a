package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.codius.daemon.http.ApiUnderTest.Answer;
import org.codius.daemon.lease.LeaseHarness;
import org.codius.daemon.lease.Order;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Defects of the original that show at the API: D1 to D16 were found by reading it, those called
 * seen by using it. {@code docs/differences.md} has them all, and the test that is named after
 * each.
 */
class OriginalDefectsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Amount PRICE = Amount.of(1_141_553, LeaseHarness.XRP);
  private static final Amount NOTHING = Amount.zero(LeaseHarness.XRP);
  private static final String UNKNOWN = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  private static final long MEBIBYTE = 1L << 20;

  @TempDir Path folder;

  private ApiUnderTest api;
  private LeaseHarness host;
  private String request;
  private Order order;
  private String hash;

  @BeforeEach
  void start() throws Exception {
    api = ApiUnderTest.start(folder, true);
    host = api.host();
    request = host.request("x", "");
    order = LeaseHarness.upload(request, Duration.ofMinutes(5));
    hash = order.manifestHash().value();
  }

  @AfterEach
  void stop() throws Exception {
    api.close();
  }

  @Test
  void d7AndSeen11FreeMemoryIsInBytes() throws Exception {
    long told = json(get("/info")).get("serverFreeMemory").longValue();
    long again = json(get("/memory")).get("freeMem").longValue();

    assertThat(told).isGreaterThan(64 * MEBIBYTE);
    assertThat(again).isBetween(told / 2, told * 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "-5", "0", "1.5", "1e3", "", "1&duration=2"})
  void d13AndSeen7ADurationIsWholeSecondsInEveryCall(String duration) throws Exception {
    buy();
    String query = "duration=" + duration;

    assertThat(api.call("OPTIONS", "/pods?" + query, "", request).status()).isEqualTo(400);
    assertThat(api.call("POST", "/pods?" + query, token(), request).status()).isEqualTo(400);
    assertThat(api.call("PUT", "/pods?manifestHash=" + hash + "&" + query, token(), "").status())
        .isEqualTo(400);
  }

  @Test
  void d15AHostThatCannotSellAnswersAllTheSame() throws Exception {
    buy();
    api.setHealthy(false);

    assertThat(json(get("/info")).get("acceptingUploads").booleanValue()).isFalse();
    assertThat(get("/pods?manifestHash=" + hash).status()).isEqualTo(200);
    assertThat(api.call("OPTIONS", "/pods", "", request).status()).isEqualTo(200);
    assertThat(get("/pods/" + hash).status()).isEqualTo(200);
  }

  /** The requests for which the original took money and delivered nothing. */
  @ParameterizedTest
  @CsvSource({
    "POST, /pods?duration=300, 422",
    "POST, /pods?duration=abc, 400",
    "PUT, /pods?duration=300, 422",
    "PUT, /pods?duration=300&manifestHash=" + UNKNOWN + ", 404"
  })
  void seen3NothingIsTakenForWhatIsNotDelivered(String method, String target, int status)
      throws Exception {
    host.driver().failRuns(Reason.COMMAND_NOT_FOUND);
    PayToken token = host.payFor(order, PRICE);
    String body = method.equals("POST") ? request : "";

    Answer answer = api.call(method, target, header(token), body);

    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(host.ledger().summary().received()).isEqualTo(NOTHING);
  }

  @Test
  void seen4AHostWithoutARuntimeSellsNothing() throws Exception {
    host.driver().failCalls(Reason.RUNTIME_UNAVAILABLE);

    Answer answer = upload(host.payFor(order, PRICE));

    assertThat(answer.status()).as(answer.body()).isEqualTo(503);
    assertThat(host.ledger().summary().received()).isEqualTo(NOTHING);
  }

  @Test
  void seen5APodThatEndedMakesTheHostForgetNoOther() throws Exception {
    buy();
    String otherRequest = host.request("other", "");
    Order other = LeaseHarness.upload(otherRequest, Duration.ofMinutes(5));
    PayToken token = host.payFor(other, PRICE);
    api.call("POST", "/pods?duration=300", header(token), otherRequest);
    host.driver().kill(LeaseHarness.id(other));

    host.leases().reconcile();

    assertThat(get("/pods?manifestHash=" + hash).status()).isEqualTo(200);
    assertThat(get("/pods?manifestHash=" + other.manifestHash().value()).status()).isEqualTo(200);
  }

  @Test
  void seen6AfterAStartThatFailedTheSameManifestCanBeBought() throws Exception {
    host.driver().failRuns(Reason.START_FAILED);
    PayToken token = host.payFor(order, PRICE);
    assertThat(upload(token).status()).isEqualTo(422);
    host.driver().heal();

    assertThat(upload(token).status()).isEqualTo(200);
  }

  @Test
  void seen9LinesNameTheirContainerAndNobodyPings() throws Exception {
    request = host.request("x", ",\"debug\":true");
    order = LeaseHarness.upload(request, Duration.ofMinutes(5));
    hash = order.manifestHash().value();
    buy();
    host.driver().write(LeaseHarness.id(order), "app", LogLine.Stream.STDOUT, "hello");

    Answer log = get("/pods/" + hash + "/logs");

    assertThat(log.body()).contains("app stdout hello\n").doesNotContain("_app", "ping");
  }

  /** What listens in this pod closes every connection without a word. */
  @Test
  void seen10AndD6AndD12APodThatClosesIs502ForItsNameInAnyCase() throws Exception {
    buy();

    for (String label : List.of(hash, hash.toUpperCase(Locale.ROOT))) {
      Answer answer =
          api.send("GET / HTTP/1.1\r\nHost: " + label + ".localhost\r\nConnection: close\r\n\r\n");

      assertThat(answer.status()).as(answer.body()).isEqualTo(502);
    }
  }

  @ParameterizedTest
  @CsvSource({"image, ''", "port, x"})
  void seen17AndD9WhatCannotBeRunIsNotSold(String property, String value) throws Exception {
    String wrong =
        request.replaceFirst(
            "\"%s\":\"[^\"]*\"".formatted(property), "\"%s\":\"%s\"".formatted(property, value));

    assertThat(api.call("OPTIONS", "/pods?duration=300", "", wrong).status()).isEqualTo(400);
    assertThat(api.call("POST", "/pods?duration=300", token(), wrong).status()).isEqualTo(400);
  }

  @Test
  void seen1AndSeen12AndD16ATokenBuysOnceAndWhatIsEarnedIsCountedOnce() throws Exception {
    PayToken token = host.payFor(order, PRICE);

    for (int i = 0; i < 5; i++) {
      assertThat(upload(token).status()).isEqualTo(200);
    }

    assertThat(host.earned()).isEqualTo(PRICE);
  }

  private void buy() throws Exception {
    assertThat(upload(host.payFor(order, PRICE)).status()).isEqualTo(200);
  }

  private Answer upload(PayToken token) throws Exception {
    return api.call("POST", "/pods?duration=300", header(token), request);
  }

  private String token() {
    return header(host.token());
  }

  private static String header(PayToken token) {
    return "Pay-Token: " + token.toHeader() + "\r\n";
  }

  private Answer get(String target) throws Exception {
    return api.call("GET", target, "", "");
  }

  private static JsonNode json(Answer answer) throws Exception {
    return JSON.readTree(answer.body());
  }
}
