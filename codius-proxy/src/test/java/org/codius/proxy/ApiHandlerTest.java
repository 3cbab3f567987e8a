package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.get;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is for no pod, as the API gets it and answers it. */
@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class ApiHandlerTest {

  private final ProxyUnderTest proxy = new ProxyUnderTest();

  @AfterEach
  void stop() {
    proxy.close();
  }

  @Test
  void givesTheApiBodiesOfEitherFraming() throws IOException {
    try (Wire client = proxy.client()) {
      client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
      assertThat(client.answer().body()).isEqualTo("api POST /a abc");

      client.send(
          "OPTIONS /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("api OPTIONS /b abcde");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 10_000})
  void givesTheApiTheDataOfChunksHoweverTheyCome(int piece) throws IOException {
    String request =
        "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nSum: 1\r\n\r\n";
    try (Wire client = proxy.client()) {
      for (int i = 0; i < request.length(); i += piece) {
        client.send(request.substring(i, Math.min(request.length(), i + piece)));
      }

      assertThat(client.answer().body()).isEqualTo("api POST /a hello0123456789");
    }
  }

  @Test
  void letsTheApiSayContinue() throws IOException {
    try (Wire client = proxy.client()) {
      client.send("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(100);

      assertThat(client.send("abc").answer().body()).isEqualTo("api PUT / abc");
    }
  }

  @Test
  void sendsNoBodyToHead() throws IOException {
    try (Wire client = proxy.client()) {
      client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n" + get("h", "/next"));

      assertThat(client.readHead()).contains("content-length: 11\r\n");
      assertThat(client.answer().body()).isEqualTo("api GET /next ");
    }
  }

  @Test
  void endsAStreamToAnHttp10ClientWithTheConnection() throws IOException {
    try (Wire client = proxy.client()) {
      client.send("GET /streamed HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

      assertThat(client.readAll())
          .matches(
              "HTTP/1.1 200 OK\r\ndate: [^\r]+\r\nconnection: close\r\n\r\napi GET /streamed ");
    }
  }

  @Test
  void keepsAnHttp10ConnectionThatAsksForIt() throws IOException {
    try (Wire client = proxy.client()) {
      for (int i = 0; i < 2; i++) {
        Wire.Answer answer =
            client.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").answer();
        assertThat(answer.has("connection: keep-alive")).isTrue();
      }
    }
  }

  /** The API refuses a body it has not read: the client gets to see why. */
  @Test
  void closesAfterAnAnswerThatCameBeforeTheRequestsEnd() throws IOException {
    try (Wire client = proxy.client()) {
      client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
      client.send(new byte[500_000]);

      Wire.Answer answer = client.answer();

      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.has("connection: close")).isTrue();
      assertThat(client.readAll()).isEmpty();
    }
  }

  @Test
  void closesWhenTheClientAsksForIt() throws IOException {
    try (Wire client = proxy.client()) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" + get("h", "/never"));

      assertThat(client.answer().has("connection: close")).isTrue();
      assertThat(client.readAll()).isEmpty();
    }
  }
}
