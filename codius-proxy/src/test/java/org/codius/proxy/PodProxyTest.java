package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.codius.proxy.ProxyUnderTest.NOBODY;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.TWO;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class PodProxyTest {

  private final ProxyUnderTest proxy = new ProxyUnderTest();
  private final Map<String, InetSocketAddress> routes = proxy.routes;

  @AfterEach
  void stop() {
    proxy.close();
  }

  @Test
  void twoPodsAndTheApiShareOnePipelinedConnection() throws IOException {
    try (RawPod one = RawPod.answering(ok("one"));
        RawPod two = RawPod.answering(ok("two"));
        Wire client = proxy.client()) {
      routes.put(ONE, one.address());
      routes.put(TWO, two.address());

      client.send(
          get(ONE + ".codius.example", "/1")
              + get(TWO + ".codius.example", "/2")
              + get("codius.example", "/3")
              + get(NOBODY, "/4")
              + get(ONE + ".codius.example", "/5")
              + get("codius.example", "/streamed"));

      assertThat(client.answer().body()).isEqualTo("one");
      assertThat(client.answer().body()).isEqualTo("two");
      assertThat(client.answer().body()).isEqualTo("api GET /3 ");
      assertThat(client.answer().status()).isEqualTo(404);
      assertThat(client.answer().body()).isEqualTo("one");
      assertThat(client.answer().body()).isEqualTo("api GET /streamed ");
      assertThat(one.requests()).hasSize(2);
      assertThat(two.requests()).hasSize(1);
    }
  }

  /** D12: the original matched the label in any case and then looked it up as it was spelled. */
  @Test
  void d12FindsAPodInAnyCaseWithPortAndTrailingDot() throws IOException {
    try (RawPod pod = RawPod.answering(ok("pod"));
        Wire client = proxy.client()) {
      routes.put(TWO, pod.address());

      for (String host :
          new String[] {
            TWO,
            TWO + ".",
            TWO + ":8080",
            TWO + ".localhost:8080",
            TWO + ".codius.example.",
            TWO.toUpperCase(Locale.ROOT) + ".Codius.Example"
          }) {
        assertThat(client.send(get(host, "/")).answer().body()).as(host).isEqualTo("pod");
      }
      for (String host : new String[] {TWO.substring(1), TWO + "a.example", "x." + TWO}) {
        assertThat(client.send(get(host, "/")).answer().body()).as(host).startsWith("api");
      }
    }
  }

  @Test
  void passesOnWhatIsForThePodAndSaysWhoAsked() throws IOException {
    try (RawPod pod = RawPod.answering(ok("pod"));
        Wire client = proxy.client()) {
      routes.put(ONE, pod.address());

      client.send(
          ("GET /a%20b?c=%2F&d HTTP/1.1\r\n"
              + "Host: "
              + ONE
              + ".codius.example:8443\r\n"
              + "X-Custom:  Abc \r\n"
              + "Connection: keep-alive, X-Secret\r\n"
              + "Keep-Alive: timeout=5\r\n"
              + "Proxy-Connection: keep-alive\r\n"
              + "TE: trailers\r\n"
              + "Proxy: http://evil.example\r\n"
              + "X-Secret: 1\r\n"
              + "X-Forwarded-For: 1.2.3.4\r\n"
              + "Forwarded: for=1.2.3.4\r\n"
              + "Upgrade: websocket\r\n"
              + "Cookie: a=1\r\n\r\n"));
      client.answer();

      assertThat(pod.requests())
          .containsExactly(
              ("GET /a%20b?c=%2F&d HTTP/1.1\r\n"
                  + "Host: "
                  + ONE
                  + ".codius.example:8443\r\n"
                  + "X-Custom:  Abc \r\n"
                  + "Cookie: a=1\r\n"
                  + "X-Forwarded-For: 127.0.0.1\r\n"
                  + "X-Forwarded-Proto: http\r\n"
                  + "X-Forwarded-Host: "
                  + ONE
                  + ".codius.example:8443\r\n"
                  + "Via: 1.1 codius\r\n\r\n"));
    }
  }

  @Test
  void takesFromAnAnswerWhatWasForTheProxy() throws IOException {
    try (RawPod pod =
            RawPod.answering(
                "HTTP/1.1 200 Fine\r\nConnection: X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\n"
                    + "Date: 2\r\nContent-Length: 2\r\n\r\nhi");
        Wire client = proxy.client()) {
      routes.put(ONE, pod.address());

      assertThat(client.send(get(ONE, "/")).answer().head())
          .isEqualTo(
              "HTTP/1.1 200 Fine\r\nDate: 2\r\nContent-Length: 2\r\nVia: 1.1 codius\r\n\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "application/problem+json, */*;q=0.1",
        "text/html, application/JSON"
      })
  void saysInJsonThatThereIsNoSuchPodWhenAskedFor(String accept) throws IOException {
    try (Wire client = proxy.client()) {
      Wire.Answer json = client.send(accepting(accept)).answer();

      assertThat(json.status()).isEqualTo(404);
      assertThat(json.has("Content-Type: application/json; charset=utf-8")).isTrue();
      assertThat(json.body())
          .startsWith(
              "{\"statusCode\":404,\"error\":\"Not Found\",\"message\":"
                  + "\"no pod with that hash found. hash="
                  + NOBODY
                  + "\",\"code\":\"POD_NOT_FOUND\",\"help\":\"");
    }
  }

  private static String accepting(String types) {
    return "GET / HTTP/1.1\r\nHost: " + NOBODY + "\r\nAccept: " + types + "\r\n\r\n";
  }

  @Test
  void saysOnAPageThatThereIsNoSuchPodOtherwise() throws IOException {
    try (Wire client = proxy.client()) {
      for (String request :
          List.of(
              get(NOBODY + ".codius.example", "/"),
              accepting("*/*"),
              accepting("text/html,application/xhtml+xml,*/*;q=0.8"))) {
        Wire.Answer page = client.send(request).answer();

        assertThat(page.status()).isEqualTo(404);
        assertThat(page.has("Content-Type: text/html; charset=utf-8")).isTrue();
        assertThat(page.body())
            .contains(
                "<p>no pod with that hash found. hash=" + NOBODY + "</p>",
                "<small>POD_NOT_FOUND</small>");
      }
    }
  }

  @Test
  void saysInJsonThatThereIsNoSuchPodIfTheEmbedderWantsThat() throws IOException {
    try (ProxyUnderTest inJson =
            new ProxyUnderTest(ProxyConfig.DEFAULT.withAnswerFormat(AnswerFormat.JSON));
        Wire client = inJson.client()) {
      Wire.Answer unasked = client.send(get(NOBODY, "/")).answer();
      Wire.Answer page = client.send(accepting("text/html, */*")).answer();
      Wire.Answer unreadable = client.send("GET /\r\n\r\n").answer();

      assertThat(unasked.has("Content-Type: application/json; charset=utf-8")).isTrue();
      assertThat(page.has("Content-Type: text/html; charset=utf-8")).isTrue();
      assertThat(unreadable.has("Content-Type: application/json; charset=utf-8")).isTrue();
    }
  }

  @Test
  void saysToHeadThatThereIsNoSuchPodWithoutSayingWhy() throws IOException {
    try (Wire client = proxy.client()) {
      client.send("HEAD / HTTP/1.1\r\nHost: " + NOBODY + "\r\n\r\n" + get("x", "/after"));

      assertThat(client.readHead()).startsWith("HTTP/1.1 404 ");
      assertThat(client.answer().body()).isEqualTo("api GET /after ");
    }
  }

  @Test
  void answers503WhenThePodRefusesConnections() throws IOException {
    try (Wire client = proxy.client()) {
      try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        routes.put(ONE, (InetSocketAddress) gone.getLocalSocketAddress());
      }

      Wire.Answer answer = client.send(get(ONE, "/")).answer();

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).contains("POD_REFUSED");
      assertThat(client.send(get("x", "/")).answer().status()).isEqualTo(200);
    }
  }

  /** D6: the original never answered when the pod closed the connection or said nothing. */
  @Test
  void d6Answers502WhenThePodClosesWithoutAnAnswer() throws IOException {
    try (RawPod pod = RawPod.serving(RawPod.Connection::request);
        Wire client = proxy.client()) {
      routes.put(ONE, pod.address());

      Wire.Answer answer = client.send(get(ONE, "/")).answer();

      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.body()).contains("POD_BROKEN");
      assertThat(client.send(get("x", "/")).answer().status()).isEqualTo(200);
    }
  }

  @Test
  void cannotListenOnAPortThatIsTaken() {
    assertThatThrownBy(
            () ->
                PodProxy.start(
                    ProxyConfig.DEFAULT.withBind(proxy.proxy.localAddress()),
                    label -> Optional.empty(),
                    TestApi::addTo))
        .isInstanceOf(ProxyException.class)
        .hasMessageContaining("listen on")
        .hasMessageContaining("in use");
  }
}
