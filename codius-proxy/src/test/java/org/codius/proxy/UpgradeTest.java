package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.NOBODY;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** WebSocket and its like: after the 101 bytes go both ways as they are. */
@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class UpgradeTest {

  private static final String SWITCH =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

  private final ProxyUnderTest proxy = new ProxyUnderTest();

  @AfterEach
  void stop() {
    proxy.close();
  }

  private static String upgrade(String host) {
    return "GET /chat HTTP/1.1\r\nHost: "
        + host
        + "\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  }

  private RawPod echo() throws IOException {
    RawPod pod =
        RawPod.serving(
            connection -> {
              connection.request();
              connection.send(SWITCH + "hello");
              byte[] buffer = new byte[1024];
              for (int n = connection.wire.skim(buffer); n >= 0; n = connection.wire.skim(buffer)) {
                connection.wire.socket.getOutputStream().write(buffer, 0, n);
              }
              connection.send("bye");
            });
    proxy.routes.put(ONE, pod.address());
    return pod;
  }

  @Test
  void relaysBytesBothWaysAndEachHalfsEnd() throws IOException {
    try (RawPod pod = echo();
        Wire client = proxy.client()) {
      client.send(upgrade(ONE));
      String head = client.readHead();
      assertThat(head)
          .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
          .contains("\r\nConnection: Upgrade\r\n")
          .contains("\r\nUpgrade: websocket\r\n")
          .contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
      assertThat(client.read(5)).isEqualTo("hello");
      assertThat(client.send("\u0081\u0085GET / HTTP/1.1\r\n\r\n").read(20))
          .isEqualTo("\u0081\u0085GET / HTTP/1.1\r\n\r\n");

      client.socket.shutdownOutput();

      assertThat(client.readAll()).isEqualTo("bye");
      assertThat(pod.requests().get(0))
          .contains("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n");
    }
  }

  @Test
  void passesOnWhatTheClientSentBeforeThe101() throws IOException {
    try (RawPod pod = echo();
        Wire client = proxy.client()) {
      client.send(upgrade(ONE) + "early");

      client.readHead();
      assertThat(client.read(10)).isEqualTo("helloearly");
      assertThat(pod.requests()).hasSize(1);
    }
  }

  @Test
  void anUpgradeThePodDoesNotWantIsARequestLikeAnyOther() throws IOException {
    try (RawPod pod = RawPod.answering(ok("no"));
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());

      assertThat(client.send(upgrade(ONE)).answer().body()).isEqualTo("no");
      assertThat(client.send(get("x", "/")).answer().status()).isEqualTo(200);
    }
  }

  /** The original wrote a bare status line. */
  @Test
  void anUpgradeToAnUnknownPodIsAWellFormed404() throws IOException {
    try (Wire client = proxy.client()) {
      Wire.Answer answer = client.send(upgrade(NOBODY)).answer();

      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.body()).contains("POD_NOT_FOUND");
    }
  }

  @Test
  void doesNotPassOnAnUpgradeToHttp2() throws IOException {
    try (RawPod pod = RawPod.answering(ok("plain"));
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());

      client.send(
          "GET / HTTP/1.1\r\nHost: "
              + ONE
              + "\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
              + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n");

      assertThat(client.answer().body()).isEqualTo("plain");
      assertThat(pod.requests().get(0)).doesNotContainIgnoringCase("upgrade", "http2-settings");
    }
  }

  @Test
  void endsTheClientsSideWhenThePodDisappears() throws IOException {
    try (RawPod pod = echo();
        Wire client = proxy.client()) {
      client.send(upgrade(ONE));
      client.readHead();
      client.read(5);

      pod.disappear();

      assertThat(client.readAll()).isEmpty();
    }
  }
}
