package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.codius.daemon.http.ApiUnderTest.Answer;
import org.codius.daemon.lease.LeaseHarness;
import org.codius.daemon.lease.Order;
import org.codius.daemon.receipt.SignedReceipt;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodId;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What buyers do with what they bought, and what they cannot do with what others bought. */
class ManagementTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Amount PLENTY = Amount.of(1_000_000_000, LeaseHarness.XRP);
  private static final Duration TIME = Duration.ofMinutes(5);

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
    order = LeaseHarness.upload(request, TIME);
    hash = order.manifestHash().value();
  }

  @AfterEach
  void stop() throws Exception {
    api.close();
  }

  @Test
  void everyPurchaseIsAnsweredWithATokenOfItsOwnAndItsRepetitionWithTheSame() throws Exception {
    PayToken payToken = host.payFor(order, PLENTY);
    Answer first = upload(payToken);
    Answer again = upload(payToken);
    String other = buy();

    assertThat(again.body()).isEqualTo(first.body());
    assertThat(token(first)).isNotEqualTo(other);
  }

  @Test
  void tokensAreStoredHashedOnly() throws Exception {
    String token = buy();

    assertThat(host.store().purchases(order.manifestHash()))
        .singleElement()
        .satisfies(
            purchase -> assertThat(purchase.managementHash()).hasSize(64).isNotEqualTo(token));
  }

  @Test
  void aPodTellsHowItIs() throws Exception {
    buy();

    JsonNode status = json(get("/pods/" + hash, ""));

    assertThat(status.get("state").textValue()).isIn("PAID", "RUNNING");
    assertThat(status.get("secondsLeft").longValue()).isBetween(290L, 300L);
    assertThat(status.get("restarts").intValue()).isZero();
    assertThat(status.at("/containers/0/id").textValue()).isEqualTo("app");
    assertThat(status.at("/containers/0/image").textValue()).contains("@sha256:");
    assertThat(status.at("/containers/0/running").booleanValue()).isTrue();
  }

  @Test
  void aBuyerIsToldThatNothingListensAtThePort() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    request = host.request("x", "", closed);
    order = LeaseHarness.upload(request, TIME);
    hash = order.manifestHash().value();

    JsonNode bought = json(upload(host.payFor(order, PLENTY)));

    assertThat(bought.at("/warnings/0/code").textValue()).isEqualTo("PORT_NOT_LISTENING");
    assertThat(json(get("/pods/" + hash, "")).get("warnings")).isEqualTo(bought.get("warnings"));
  }

  @Test
  void aPodThatIsNotThereTellsNothing() throws Exception {
    assertRefused(get("/pods/" + hash, ""), 404, "POD_NOT_FOUND");
    assertRefused(get("/pods/nonsense", ""), 404, "POD_NOT_FOUND");
  }

  @Test
  void surrenderingTheOnlyPurchaseEndsThePodAndWhatItWroteStays() throws Exception {
    String token = buy();
    write("the last words");

    Answer surrendered = delete(token);

    assertThat(surrendered.status()).isEqualTo(200);
    assertThat(Instant.parse(json(surrendered).get("expiry").textValue()))
        .isBeforeOrEqualTo(Instant.now());
    assertThat(host.routes().find(hash)).isEmpty();
    assertThat(host.driver().spec(id())).isEmpty();
    JsonNode status = json(get("/pods/" + hash, ""));
    assertThat(status.get("state").textValue()).isEqualTo("REMOVED");
    assertThat(status.get("secondsLeft").longValue()).isZero();
    assertThat(get("/pods/" + hash + "/logs", token).body()).contains("app stdout the last words");
    assertRefused(get("/pods/" + hash + "/logs", ""), 403, "LOGS_CLOSED");
  }

  @Test
  void anExitCodeIsKeptWithTheLog() throws Exception {
    buy();
    host.driver().exit(id(), "app", 3);
    host.leases().reconcile();

    JsonNode status = json(get("/pods/" + hash, ""));

    assertThat(status.at("/containers/0/lastExit").textValue()).isEqualTo("3");
  }

  @Test
  void whatBecameOfAPodIsToldInOrder() throws Exception {
    String token = buy();
    host.driver().exit(id(), "app", 3);
    host.leases().reconcile();
    delete(token);

    JsonNode events = json(get("/pods/" + hash, "")).get("events");

    assertThat(events.findValuesAsText("what"))
        .containsExactly(
            "app ended with 3",
            "started again",
            "ended before its time, by its buyer or the host's operator");
  }

  @Test
  void whatATagMeantIsToldAndWrittenOnTheReceipt() throws Exception {
    request = request.replaceFirst("nginx@sha256:0+", "nginx:1.25");
    order = LeaseHarness.upload(request, TIME);
    hash = order.manifestHash().value();
    String token = buy();

    String image = json(get("/pods/" + hash, "")).at("/containers/0/image").textValue();
    SignedReceipt receipt = SignedReceipt.verify(get("/pods/" + hash + "/receipt", token).body());

    assertThat(image).matches("nginx:1\\.25@sha256:[0-9a-f]{64}");
    assertThat(receipt.statement().images()).containsExactly(image);
  }

  @Test
  void aLongLogIsReadFromBeforeARestartOnToItsEnd() throws Exception {
    String token = buy();
    int lines = 500;
    for (int i = 0; i < lines; i++) {
      write("before " + i);
    }
    host.driver().exit(id(), "app", 3);
    host.leases().reconcile();
    for (int i = 0; i < lines; i++) {
      write("after " + i);
    }

    List<String> read =
        get("/pods/" + hash + "/logs", token)
            .body()
            .lines()
            .filter(line -> line.startsWith("app "))
            .toList();

    assertThat(read).hasSize(2 * lines);
    assertThat(read.get(lines - 1)).isEqualTo("app stdout before 499");
    assertThat(read.get(lines)).isEqualTo("app stdout after 0");
    assertThat(read.get(2 * lines - 1)).isEqualTo("app stdout after 499");
  }

  @Test
  void headOfALogThatIsFollowedEndsAtOnce() throws Exception {
    String token = buy();
    write("hello");

    Answer answer = api.call("HEAD", "/pods/" + hash + "/logs?follow=true", bearer(token), "");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.head()).contains("content-type: application/vnd.codius.raw-stream");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void surrenderingOneOfTwoPurchasesLeavesTheOthersTimeUntouched() throws Exception {
    String first = buy();
    String second = buy();
    Instant promised = expiry();

    delete(first);
    assertThat(expiry()).isEqualTo(promised);
    assertThat(host.driver().spec(id())).isPresent();

    delete(second);
    assertThat(host.driver().spec(id())).isEmpty();
  }

  @Test
  void surrenderingTheLastPurchaseLetsThePodRunToTheEndOfTheOneBefore() throws Exception {
    buy();
    Instant promised = expiry();
    String second = buy();

    delete(second);

    assertThat(expiry()).isEqualTo(promised);
    delete(second); // once more
    assertThat(expiry()).isEqualTo(promised);
  }

  @Test
  void whatWasSurrenderedStaysSurrenderedAfterARestart() throws Exception {
    buy();
    Instant promised = expiry();
    delete(buy());

    host.leases().reconcile();

    assertThat(host.store().find(order.manifestHash()).orElseThrow().expiry()).isEqualTo(promised);
  }

  @Test
  void aReceiptSaysWhatWasBought() throws Exception {
    String token = buy();

    SignedReceipt receipt = SignedReceipt.verify(get("/pods/" + hash + "/receipt", token).body());

    assertThat(receipt.statement().manifestHash()).isEqualTo(order.manifestHash());
    assertThat(receipt.statement().amount()).isEqualTo(Amount.of(1_141_553, LeaseHarness.XRP));
    assertThat(receipt.statement().from().plus(TIME)).isEqualTo(receipt.statement().to());
    assertThat(receipt.statement().images()).containsExactly("nginx@sha256:" + "0".repeat(64));
    assertThat(receipt.hostKey()).isEqualTo(json(get("/info", "")).get("hostKey").textValue());
  }

  @Test
  void aSecondPayerCanNeitherEndNorReadTheFirstOnesPod() throws Exception {
    buy();
    write("a secret");
    String second = buy();
    Instant promised = expiry();

    assertRefused(get("/pods/" + hash + "/logs", second), 403, "LOGS_CLOSED");
    delete(second);

    assertThat(host.driver().spec(id())).isPresent();
    assertThat(host.routes().find(hash)).isPresent();
    assertThat(expiry()).isEqualTo(promised.minus(TIME));
  }

  @Test
  void whatAPodWroteIsNotReadByWhoeverStartsItAnew() throws Exception {
    String first = buy();
    write("a secret");
    delete(first);
    String second = buy();
    write("of my own");

    assertThat(get("/pods/" + hash + "/logs", second).body())
        .contains("of my own")
        .doesNotContain("a secret");
    assertRefused(get("/pods/" + hash + "/logs", first), 403, "LOGS_CLOSED");
  }

  @Test
  void aTokenIsOfOnePodOnly() throws Exception {
    buy();
    String otherRequest = host.request("another", "");
    Order other = LeaseHarness.upload(otherRequest, TIME);
    Answer bought =
        api.call("POST", "/pods?duration=300", payToken(host.payFor(other, PLENTY)), otherRequest);

    assertRefused(delete(token(bought)), 403, "MANAGEMENT_TOKEN_WRONG");
    assertRefused(get("/pods/" + hash + "/receipt", token(bought)), 403, "MANAGEMENT_TOKEN_WRONG");
    assertRefused(get("/pods/" + hash + "/logs", token(bought)), 403, "MANAGEMENT_TOKEN_WRONG");
    assertThat(host.driver().spec(id())).isPresent();
  }

  @Test
  void withoutATokenNothingIsManaged() throws Exception {
    buy();

    assertRefused(delete(""), 401, "NO_MANAGEMENT_TOKEN");
    assertRefused(get("/pods/" + hash + "/receipt", ""), 401, "NO_MANAGEMENT_TOKEN");
    assertRefused(get("/pods/" + hash + "/logs", ""), 403, "LOGS_CLOSED");
    assertRefused(api.call("DELETE", "/pods", "", ""), 422, "NO_MANIFEST_HASH");
  }

  @Test
  void aDebugPodsLogIsOpenToAllAlsoWhenItHasEnded() throws Exception {
    request = host.request("x", ",\"debug\":true");
    order = LeaseHarness.upload(request, TIME);
    hash = order.manifestHash().value();
    String token = buy();
    write("hello");

    assertThat(get("/pods/" + hash + "/logs", "").body()).contains("app stdout hello");
    delete(token);
    assertThat(get("/pods/" + hash + "/logs?follow=true", "").body()).contains("app stdout hello");
  }

  private String buy() throws Exception {
    Answer answer = upload(host.payFor(order, PLENTY));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return token(answer);
  }

  private Answer upload(PayToken token) throws Exception {
    return api.call("POST", "/pods?duration=300", payToken(token), request);
  }

  private static String payToken(PayToken token) {
    return "Pay-Token: " + token.toHeader() + "\r\n";
  }

  private static String token(Answer answer) throws Exception {
    return json(answer).get("managementToken").textValue();
  }

  private Answer get(String target, String token) throws Exception {
    return api.call("GET", target, bearer(token), "");
  }

  private Answer delete(String token) throws Exception {
    return api.call("DELETE", "/pods?manifestHash=" + hash, bearer(token), "");
  }

  private static String bearer(String token) {
    return token.isEmpty() ? "" : "Authorization: Bearer " + token + "\r\n";
  }

  private Instant expiry() throws Exception {
    return Instant.parse(json(get("/pods/" + hash, "")).get("expiry").textValue());
  }

  private PodId id() {
    return LeaseHarness.id(order);
  }

  private void write(String text) {
    host.driver().write(id(), "app", LogLine.Stream.STDOUT, text);
  }

  private static JsonNode json(Answer answer) throws Exception {
    return JSON.readTree(answer.body());
  }

  private static void assertRefused(Answer answer, int status, String code) throws Exception {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(json(answer).get("code").textValue()).isEqualTo(code);
    assertThat(json(answer).get("help").textValue()).isNotEmpty();
  }
}
