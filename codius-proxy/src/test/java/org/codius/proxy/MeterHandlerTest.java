package org.codius.proxy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.NOBODY;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class MeterHandlerTest {

  private final BlockingQueue<Access> log = new LinkedBlockingQueue<>();
  private final ProxyUnderTest proxy =
      new ProxyUnderTest(ProxyConfig.DEFAULT.withAccessLog(log::add));

  @AfterEach
  void stop() {
    proxy.close();
  }

  private Access next() throws InterruptedException {
    Access access = log.poll(1, TimeUnit.MINUTES);
    assertThat(access).isNotNull();
    return access;
  }

  @Test
  void tellsTheAccessLogOfEveryRequest() throws Exception {
    try (RawPod pod =
            RawPod.answering(
                "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nhi");
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());

      client.send("POST /a?b HTTP/1.1\r\nHost: " + ONE + ":1\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(103);
      client.answer();
      Access created = next();
      assertThat(created)
          .extracting(Access::client, Access::method, Access::host, Access::target, Access::status)
          .containsExactly("127.0.0.1", "POST", ONE + ":1", "/a?b", 201);
      assertThat(created.sent()).isGreaterThan("HTTP/1.1 201 Created".length());
      assertThat(created.took()).isGreaterThanOrEqualTo(created.waited());

      client.send("PUT /c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc").answer();
      Access api = next();
      assertThat(api.status()).isEqualTo(200);
      assertThat(api.received()).isEqualTo(3);

      client.send(get(NOBODY, "/")).answer();
      assertThat(next().status()).isEqualTo(404);

      client.send("nonsense\r\n\r\n").answer();
      Access refused = next();
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.method()).isEmpty();
    }
    assertThat(log).isEmpty();
  }

  @Test
  void notesAClientThatWentAwayBeforeItsAnswer() throws Exception {
    try (RawPod pod = RawPod.serving(connection -> connection.wire.readAll())) {
      proxy.routes.put(ONE, pod.address());
      try (Wire client = proxy.client()) {
        client.send(get(ONE, "/"));
        proxy.nextAccepted();
        client.socket.setSoLinger(true, 0); // a reset: an end alone could be half a close
      }

      assertThat(next().status()).isZero();
    }
  }

  @Test
  void countsInAllAndForEachPod() throws Exception {
    try (RawPod pod = RawPod.answering(ok("hello"));
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());
      for (int i = 0; i < 3; i++) {
        client.send(get(ONE, "/")).answer();
      }
      client.send(get("x", "/")).answer();
      client.send(get(NOBODY, "/")).answer();
      for (int i = 0; i < 5; i++) {
        next();
      }

      Traffic all = proxy.proxy.traffic();
      assertThat(all.requests()).isEqualTo(5);
      assertThat(all.statusClasses()).containsExactly(0L, 4L, 0L, 1L, 0L);
      assertThat(all.latency().stream().mapToLong(Traffic.Bucket::count).sum()).isEqualTo(5);

      assertThat(proxy.proxy.trafficByPod()).containsOnlyKeys(ONE);
      Traffic ones = requireNonNull(proxy.proxy.trafficByPod().get(ONE));
      assertThat(ones.requests()).isEqualTo(3);
      assertThat(ones.statusClasses()).containsExactly(0L, 3L, 0L, 0L, 0L);

      proxy.proxy.disconnect(ONE);
      assertThat(proxy.proxy.trafficByPod()).isEmpty();
      assertThat(proxy.proxy.traffic().requests()).isEqualTo(5);
    }
  }

  @Test
  void putsATimeIntoTheFirstBucketThatHoldsIt() {
    TrafficCounter counter = new TrafficCounter();
    for (Duration waited :
        new Duration[] {Duration.ZERO, Duration.ofMillis(1), Duration.ofNanos(1_000_001)}) {
      counter.add(200, 0, 0, waited.toNanos());
    }
    counter.add(200, 0, 0, Duration.ofHours(1).toNanos());

    Traffic traffic = counter.snapshot();

    assertThat(traffic.latency().get(0)).isEqualTo(new Traffic.Bucket(Duration.ofMillis(1), 2));
    assertThat(traffic.latency().get(1)).isEqualTo(new Traffic.Bucket(Duration.ofMillis(2), 1));
    assertThat(traffic.latency().get(traffic.latency().size() - 1).count()).isEqualTo(1);
  }
}
