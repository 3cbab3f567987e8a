package org.codius.payments.spsp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.codius.payments.Invoice;
import org.codius.payments.PaymentException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpspClientTest {

  private static final String SECRET = "6jR5iNIVRvqeasJeCty6C+YB5X9FhSOUPCL/5nha5Vs=";

  private final SpspClient client = SpspClient.create();
  private final BlockingQueue<String> accepted = new LinkedBlockingQueue<>(10);
  private volatile int status = 200;
  private volatile String body = "";
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void readsTheAnswerOfTheRfc() throws Exception {
    body =
        "{\"destination_account\":\"example.ilpdemo.red.bob\",\"shared_secret\":\""
            + SECRET
            + "\",\"receiver_info\":{\"name\":\"Bob\"}}";

    Invoice invoice = query(endpoint());

    assertThat(invoice.destination().getValue()).isEqualTo("example.ilpdemo.red.bob");
    assertThat(invoice.secret()).isEqualTo(SECRET);
    assertThat(accepted.poll(1, TimeUnit.SECONDS))
        .isEqualTo("application/spsp4+json, application/spsp+json");
  }

  @Test
  void takesASecretInTheOtherAlphabetToo() throws Exception {
    body =
        "{\"destination_account\":\"test.bob\",\"shared_secret\":\"6jR5iNIVRvqeasJeCty6C-YB5X9FhSOUPCL_5nha5Vs\"}";

    assertThat(query(endpoint()).secret()).isEqualTo(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "[]",
        "null",
        "{}",
        "{\"destination_account\":\"test.bob\"}",
        "{\"destination_account\":\"test.bob\",\"shared_secret\":\"AAAA\"}",
        "{\"destination_account\":\"nowhere\",\"shared_secret\":\"" + SECRET + "\"}",
        "{\"destination_account\":{},\"shared_secret\":\"" + SECRET + "\"}"
      })
  void saysSoIfItIsNoAnswer(String text) {
    body = text;

    assertFails(() -> query(endpoint()), "no SPSP answer");
  }

  @Test
  void saysWhatElseItWasAnswered() {
    status = 404;

    assertFails(() -> query(endpoint()), "it answered 404");
  }

  @Test
  void readsNoEndlessAnswer() {
    body = " ".repeat(70_000);

    assertFails(() -> query(endpoint()), "longer than 65536 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://example.com/pay",
        "https://example.com/pay?x=1",
        "ftp://127.0.0.1/pay",
        "/pay"
      })
  void asksNoOtherAddresses(String address) {
    assertFails(() -> query(URI.create(address)), "not an SPSP endpoint");
  }

  private URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/bob");
  }

  private Invoice query(URI endpoint) throws Exception {
    return client.query(endpoint).toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private static void assertFails(ThrowingCallable call, String why) {
    assertThatThrownBy(call)
        .satisfies(failure -> assertThat(failure.getCause()).isInstanceOf(PaymentException.class))
        .hasMessageContaining("ask ")
        .hasMessageContaining(why);
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    accepted.add(exchange.getRequestHeaders().getFirst("Accept"));
    try (exchange) {
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
