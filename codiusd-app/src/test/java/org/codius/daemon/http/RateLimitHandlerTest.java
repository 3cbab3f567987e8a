package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.codius.proxy.PodProxy;
import org.codius.proxy.ProxyConfig;
import org.codius.proxy.Subnet;
import org.junit.jupiter.api.Test;

/** The limit behind the real front door, with this machine as a trusted proxy before it. */
class RateLimitHandlerTest {

  private static final int REQUESTS = 3;

  @Test
  void tellsAnAddressThatAsksTooOftenWhenToComeBackAndNoOther() throws Exception {
    RateLimit limit = new RateLimit(REQUESTS, System::nanoTime);
    ProxyConfig config =
        ProxyConfig.DEFAULT
            .withBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .withTrusted(List.of(Subnet.parse("127.0.0.1")));
    try (PodProxy proxy =
        PodProxy.start(
            config,
            label -> Optional.empty(),
            pipeline ->
                pipeline.addLast(
                    new RateLimitHandler(limit), new RequestCollector(), new Greeter()))) {
      for (int i = 0; i < REQUESTS; i++) {
        assertThat(ask(proxy, "192.0.2.1")).startsWith("HTTP/1.1 200 ");
      }
      assertThat(ask(proxy, "192.0.2.1"))
          .startsWith("HTTP/1.1 429 ")
          .containsPattern("(?i)\r\nretry-after: [1-9]")
          .contains("\"code\":\"TOO_MANY_REQUESTS\"");
      assertThat(ask(proxy, "192.0.2.2")).startsWith("HTTP/1.1 200 ");
      for (int i = 0; i < 2 * REQUESTS; i++) {
        assertThat(ask(proxy, "")).as("from this machine").startsWith("HTTP/1.1 200 ");
      }
    }
  }

  private static String ask(PodProxy proxy, String client) throws Exception {
    try (Socket socket = new Socket()) {
      socket.connect(proxy.localAddress());
      String forwarded = client.isEmpty() ? "" : "X-Forwarded-For: " + client + "\r\n";
      socket
          .getOutputStream()
          .write(
              ("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + forwarded + "\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
