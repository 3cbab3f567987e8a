package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.codius.daemon.http.ApiUnderTest.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host for real money, as web pages use it. */
class WebPagesTest {

  private static final String ORIGIN = "Origin: https://shop.example\r\n";

  @TempDir Path folder;
  private ApiUnderTest api;

  @BeforeEach
  void start() throws Exception {
    api = ApiUnderTest.start(folder, false);
  }

  @AfterEach
  void stop() throws IOException {
    api.close();
  }

  @Test
  void mayPay() throws Exception {
    Answer answer =
        api.call(
            "POST",
            "/pods?duration=300",
            ORIGIN + "Pay-Token: " + api.host().token().toHeader() + "\r\n",
            api.host().request("x", ""));

    assertThat(answer.status()).isEqualTo(402);
    assertThat(answer.head())
        .contains("access-control-allow-origin: *")
        .contains("access-control-expose-headers: Pay, Pay-Token, Retry-After");
  }

  @Test
  void areToldBeforehandWhatTheyMaySend() throws Exception {
    Answer answer =
        api.call("OPTIONS", "/pods", ORIGIN + "Access-Control-Request-Method: POST\r\n", "");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.head())
        .contains("access-control-allow-origin: *")
        .contains("access-control-allow-methods: GET, HEAD, POST, PUT, DELETE, OPTIONS")
        .contains("access-control-allow-headers: Accept, Authorization, Content-Type, Pay-Token");
  }

  @Test
  void areToldThePriceAllTheSame() throws Exception {
    Answer answer =
        api.call(
            "OPTIONS",
            "/pods?duration=300",
            ORIGIN + "Access-Control-Request-Method: POST\r\n",
            api.host().request("x", ""));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).contains("\"price\":\"1141553\"");
    assertThat(answer.head()).contains("access-control-allow-origin: *");
  }

  @Test
  void readRefusalsToo() throws Exception {
    Answer answer = api.call("GET", "/pods", ORIGIN, "");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.head()).contains("access-control-allow-origin: *");
  }

  @Test
  void changeNothingForEverybodyElse() throws Exception {
    assertThat(api.call("GET", "/version", "", "").head()).doesNotContain("access-control");
  }
}
