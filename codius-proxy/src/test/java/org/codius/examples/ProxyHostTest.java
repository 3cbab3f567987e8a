package org.codius.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.codius.proxy.PodProxy;
import org.codius.proxy.ProxyConfig;
import org.junit.jupiter.api.Test;

class ProxyHostTest {

  private static final String HASH = "a".repeat(52);

  @Test
  void servesAPod() throws Exception {
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer pod = HttpServer.create(anywhere, 0);
    pod.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 3);
          exchange.getResponseBody().write("pod".getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    pod.start();
    String route = HASH + "=127.0.0.1:" + pod.getAddress().getPort();
    try (PodProxy proxy =
            PodProxy.start(ProxyConfig.DEFAULT.withBind(anywhere), ProxyHost.routes(route));
        Socket client =
            new Socket(proxy.localAddress().getAddress(), proxy.localAddress().getPort())) {
      String request = "GET / HTTP/1.1\r\nHost: " + HASH + "\r\nConnection: close\r\n\r\n";
      client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

      String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

      assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\npod");
    } finally {
      pod.stop(0);
    }
  }

  @Test
  void isShortEnoughToBeReadAtAGlance() throws Exception {
    Path source =
        Path.of("../docs/examples/proxy/src/main/java/org/codius/examples/ProxyHost.java");

    assertThat(Files.readAllLines(source)).hasSizeLessThan(40);
  }
}
