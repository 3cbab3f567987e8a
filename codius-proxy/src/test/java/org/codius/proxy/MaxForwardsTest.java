package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.NOBODY;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How far {@code OPTIONS} goes is for the client to say (RFC 9110 §7.6.2). */
@ExtendWith(LeakCheck.class)
class MaxForwardsTest {

  private final ProxyUnderTest proxy = new ProxyUnderTest();
  private final RawPod pod;

  MaxForwardsTest() throws IOException {
    pod = RawPod.answering(ok("pod"));
  }

  @BeforeEach
  void route() {
    proxy.routes.put(ONE, pod.address());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    pod.close();
  }

  private static String request(String method, String host, String value) {
    return method + " / HTTP/1.1\r\nHost: " + host + "\r\nmax-forwards: " + value + "\r\n\r\n";
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "000"})
  void theLastHopAnswers(String value) throws IOException {
    try (Wire client = proxy.client()) {
      Wire.Answer answer = client.send(request("OPTIONS", ONE, value)).answer();

      assertThat(answer.status()).isEqualTo(204);
      assertThat(answer.head()).contains("\r\nAllow: GET, ").doesNotContain("Via:", "Content-");
      assertThat(client.send(get(ONE, "/")).answer().body()).isEqualTo("pod");
      assertThat(pod.requests()).hasSize(1);
      assertThat(client.send(request("OPTIONS", NOBODY, value)).answer().status()).isEqualTo(404);
    }
  }

  @Test
  void theApiIsTheLastHopAnyway() throws IOException {
    try (Wire client = proxy.client()) {
      assertThat(client.send(request("OPTIONS", "api", "0")).answer().body())
          .isEqualTo("api OPTIONS / ");
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "10, 9", "999999999999999999, 999999999999999998"})
  void anotherHopIsOneLess(String value, String expected) throws IOException {
    try (Wire client = proxy.client()) {
      assertThat(client.send(request("OPTIONS", ONE, value)).answer().body()).isEqualTo("pod");
      assertThat(pod.requests().get(0))
          .contains("\r\nMax-Forwards: " + expected + "\r\n")
          .doesNotContain("max-forwards");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "options"})
  void otherMethodsDoNotAsk(String method) throws IOException {
    try (Wire client = proxy.client()) {
      assertThat(client.send(request(method, ONE, "0")).answer().body()).isEqualTo("pod");
      assertThat(pod.requests().get(0)).contains("\r\nmax-forwards: 0\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+1", "1.5", "0x1", "a", "1 1", "1, 1", "1\r\nMax-Forwards: 1"})
  void whatIsNoNumberIsRefused(String value) throws IOException {
    try (Wire client = proxy.client()) {
      assertThat(client.send(request("OPTIONS", ONE, value)).answer().status()).isEqualTo(400);
      assertThat(client.readAll()).isEmpty();
      assertThat(pod.requests()).isEmpty();
    }
  }
}
