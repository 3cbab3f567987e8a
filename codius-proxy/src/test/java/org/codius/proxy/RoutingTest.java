package org.codius.proxy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.NOBODY;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.TWO;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who gets a request, as the embedder's table has it. */
@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class RoutingTest {

  private static final ProxyConfig ANYWHERE = ProxyUnderTest.onFreePort(ProxyConfig.DEFAULT);

  @Test
  void aPodMayHaveAWholeHostName() throws IOException {
    try (RawPod pod = RawPod.answering(ok("shop"));
        PodProxy proxy =
            PodProxy.start(
                ANYWHERE, RouteTable.of(Map.of("shop.example", pod.address())), TestApi::addTo);
        Wire client = Wire.to(proxy.localAddress())) {

      assertThat(client.send(get("Shop.Example.:8080", "/")).answer().body()).isEqualTo("shop");
      assertThat(client.send(get("www.shop.example", "/")).answer().body()).isEqualTo("api GET / ");
      client.send(
          "POST /a HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "1\r\nx\r\n0\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("shop");
      assertThat(proxy.trafficByPod()).containsOnlyKeys("shop.example");
    }
  }

  @Test
  void aPodThatMayYetComeIsNotSaidToBeGone() throws IOException {
    RouteTable unknown =
        new RouteTable() {
          @Override
          public Optional<InetSocketAddress> find(String label) {
            return Optional.empty();
          }

          @Override
          public boolean isComplete() {
            return false;
          }
        };
    try (PodProxy proxy = PodProxy.start(ANYWHERE, unknown, TestApi::addTo);
        Wire client = Wire.to(proxy.localAddress())) {

      Wire.Answer answer = client.send(get(NOBODY, "/")).answer();

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).contains("HOST_STARTING");
    }
  }

  @Test
  void pathsOfAPodsHostMayBeTheApis() throws IOException {
    try (RawPod pod = RawPod.answering(ok("pod"));
        PodProxy proxy = PodProxy.start(ANYWHERE, new Intercepting(pod.address()), TestApi::addTo);
        Wire client = Wire.to(proxy.localAddress())) {

      assertThat(client.send(get(ONE + ".x", "/status?a")).answer().body())
          .isEqualTo("api GET /status?a ");
      client.send(
          "POST /status HTTP/1.1\r\nHost: "
              + NOBODY
              + "\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "3\r\nabc\r\n0\r\n\r\n");
      assertThat(client.answer().body()).isEqualTo("api POST /status abc");
      assertThat(client.send(get(ONE + ".x", "/status/")).answer().body()).isEqualTo("pod");
      assertThat(client.send(get("h", "/status")).answer().body()).isEqualTo("api GET /status ");
    }
  }

  private record Intercepting(InetSocketAddress pod) implements RouteTable {

    @Override
    public Optional<InetSocketAddress> find(String label) {
      return label.equals(ONE) ? Optional.of(pod) : Optional.empty();
    }

    @Override
    public boolean isIntercepted(String name, String path) {
      return path.equals("/status");
    }
  }

  @Test
  void withoutAnApiEverythingElseIsNotFound() throws IOException {
    try (PodProxy proxy = PodProxy.start(ANYWHERE, RouteTable.of(Map.of()));
        Wire client = Wire.to(proxy.localAddress())) {

      Wire.Answer nothing = client.send(get("h", "/")).answer();
      Wire.Answer noPod = client.send(get(ONE, "/")).answer();

      assertThat(nothing.status()).isEqualTo(404);
      assertThat(nothing.body()).contains("HOST_NOT_FOUND");
      assertThat(noPod.body()).contains("POD_NOT_FOUND", "hash=" + ONE);
    }
  }

  @Test
  void aChangeOfTheTableCountsFromTheNextRequestOn() throws IOException {
    AtomicReference<RouteTable> table = new AtomicReference<>();
    try (RawPod first = RawPod.answering(ok("first"));
        RawPod second = RawPod.answering(ok("second"));
        PodProxy proxy =
            PodProxy.start(ANYWHERE, label -> requireNonNull(table.get()).find(label));
        Wire client = Wire.to(proxy.localAddress())) {
      table.set(RouteTable.of(Map.of(ONE, first.address(), TWO, second.address())));
      assertThat(client.send(get(ONE, "/")).answer().body()).isEqualTo("first");

      table.set(RouteTable.of(Map.of(ONE, second.address())));

      assertThat(client.send(get(ONE, "/")).answer().body()).isEqualTo("second");
      assertThat(client.send(get(TWO, "/")).answer().status()).isEqualTo(404);
    }
  }

  @Test
  void aTableThatFailsIsOurFault() throws IOException {
    RouteTable broken =
        label -> {
          throw new IllegalStateException("planted");
        };
    try (PodProxy proxy = PodProxy.start(ANYWHERE, broken);
        Wire client = Wire.to(proxy.localAddress())) {

      assertThat(client.send(get(ONE, "/")).answer().status()).isEqualTo(500);
      assertThat(client.send(get(ONE, "/")).answer().status()).isEqualTo(500);
    }
  }
}
