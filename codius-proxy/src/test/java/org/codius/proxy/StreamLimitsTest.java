package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.StreamWire.CONTINUATION;
import static org.codius.proxy.StreamWire.DATA;
import static org.codius.proxy.StreamWire.END_HEADERS;
import static org.codius.proxy.StreamWire.END_STREAM;
import static org.codius.proxy.StreamWire.ENHANCE_YOUR_CALM;
import static org.codius.proxy.StreamWire.GOAWAY;
import static org.codius.proxy.StreamWire.HEADERS;
import static org.codius.proxy.StreamWire.PING;
import static org.codius.proxy.StreamWire.PRIORITY;
import static org.codius.proxy.StreamWire.RST_STREAM;
import static org.codius.proxy.StreamWire.SETTINGS;
import static org.codius.proxy.StreamWire.WINDOW_UPDATE;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that use HTTP/2 to make us work for nothing (RFC 9113 §10.5, CVE-2023-44487 and kin). */
@ExtendWith(LeakCheck.class)
class StreamLimitsTest {

  private static final int CANCEL = 8;
  private static final int REFUSED_STREAM = 7;
  private static final int MANY = 20_000;

  private static final Duration BRIEF = Duration.ofMillis(200);

  private final ProxyUnderTest proxy = new ProxyUnderTest();

  private static ProxyUnderTest with(Timeouts timeouts) {
    return new ProxyUnderTest(ProxyConfig.DEFAULT.withTimeouts(timeouts));
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  private StreamWire client() throws IOException {
    return StreamWire.to(proxy.proxy.localAddress());
  }

  /** Sends the n-th frame, or frames, of a flood. */
  private interface Flood {
    void send(StreamWire client, int n) throws IOException;
  }

  private record Case(String name, Flood flood) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> aFloodEndsTheConnection() {
    return Stream.of(
        new Case(
            "rapid reset",
            (client, n) -> {
              client.get(2 * n + 1, ONE, "/");
              client.frame(RST_STREAM, 0, 2 * n + 1, StreamWire.number(CANCEL));
            }),
        new Case("settings", (client, n) -> client.frame(SETTINGS, 0, 0)),
        new Case("ping", (client, n) -> client.frame(PING, 0, 0, new byte[8])),
        new Case("ping nobody asked for", (client, n) -> client.frame(PING, 1, 0, new byte[8])),
        new Case("priority", (client, n) -> client.frame(PRIORITY, 0, 2 * n + 1, new byte[5])),
        new Case(
            "window updates",
            (client, n) -> client.frame(WINDOW_UPDATE, 0, 0, StreamWire.number(1))),
        new Case("unknown frames", (client, n) -> client.frame(0x77, 0, 0, new byte[100])),
        new Case(
            "continuation",
            (client, n) -> {
              if (n == 0) {
                client.frame(HEADERS, 0, 1, StreamWire.block(":method", "GET"));
              }
              client.frame(CONTINUATION, 0, 1, StreamWire.block("x" + n, "y"));
            }),
        new Case(
            "empty continuation",
            (client, n) -> client.frame(n == 0 ? HEADERS : CONTINUATION, 0, 1)),
        new Case(
            "empty data",
            (client, n) -> {
              if (n == 0) {
                client.post(1, "codius.example");
              }
              client.frame(DATA, 0, 1);
            }));
  }

  @ParameterizedTest
  @MethodSource
  void aFloodEndsTheConnection(Case test) throws IOException {
    try (StreamWire client = client()) {
      try {
        for (int n = 0; n < MANY; n++) {
          test.flood().send(client, n);
        }
      } catch (IOException e) {
        // cut off in the middle of it
      }

      assertThat(client.endsWithin(MANY)).isTrue();
    }
    assertThat(proxy.proxy.refused())
        .hasEntrySatisfying("HTTP2_ENHANCE_YOUR_CALM", count -> assertThat(count).isPositive());
    assertServes();
  }

  @Test
  void aFloodIsToldToCalmDown() throws IOException {
    try (StreamWire client = client()) {
      try {
        for (int n = 0; n <= Http2Limits.DEFAULT.idleFrames() + 10; n++) {
          client.frame(PING, 1, 0, new byte[8]);
        }
      } catch (IOException e) {
        // cut off already; what it was told is there to be read
      }

      assertThat(client.readTo(GOAWAY).number(4)).isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  @Test
  void framesThatGoWithWorkAreNoFlood() throws IOException {
    try (StreamWire client = client()) {
      for (int n = 0; n < 3000; n++) {
        client.frame(WINDOW_UPDATE, 0, 0, StreamWire.number(1));
        client.get(2 * n + 1, "codius.example", "/");
        assertThat(client.answer(2 * n + 1).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void moreStreamsThanAllowedAreRefusedEvenBeforeTheSettingsAreKnown() throws Exception {
    try (RawPod pod = RawPod.serving(connection -> connection.wire.readAll());
        StreamWire client = client()) {
      proxy.routes.put(ONE, pod.address());
      int allowed = Http2Limits.DEFAULT.streams();
      for (int n = 0; n <= allowed; n++) {
        client.get(2 * n + 1, ONE, "/");
      }

      assertThat(client.answer(2 * allowed + 1).reset()).isEqualTo(REFUSED_STREAM);
    }
  }

  @Test
  void aHeadThatIsTooLargeIsA431() throws IOException {
    try (StreamWire client = client()) {
      StreamWire.Answer tooLarge = client.headers(1, true, head(60, "a".repeat(15_000))).answer(1);
      StreamWire.Answer tooMany = client.headers(3, true, head(101, "a")).answer(3);

      assertThat(tooLarge.status()).isEqualTo(431);
      assertThat(tooMany.status()).isEqualTo(431);
    }
  }

  /** A good head with so many fields more, of which the first has this value. */
  private static String[] head(int count, String value) {
    List<String> fields =
        new ArrayList<>(
            List.of(":method", "GET", ":scheme", "http", ":authority", ONE, ":path", "/"));
    for (int i = 0; i < count; i++) {
      fields.add("x");
      fields.add(i == 0 ? value : "a");
    }
    return fields.toArray(String[]::new);
  }

  @Test
  void aClientThatTakesNothingOfAnAnswerIsCutOff() throws IOException {
    try (ProxyUnderTest impatient = with(Timeouts.DEFAULT.withWrite(BRIEF));
        RawPod pod = RawPod.answering(ProxyUnderTest.ok("more than nothing"));
        StreamWire client = StreamWire.open(impatient.client().socket, 0)) {
      impatient.routes.put(ONE, pod.address());

      StreamWire.Answer answer = client.get(1, ONE, "/").answer(1);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEmpty();
      assertThat(answer.reset()).isEqualTo(CANCEL);
    }
  }

  @Test
  void aBodyThatTricklesInIsGivenUp() throws Exception {
    ProxyConfig impatient =
        ProxyConfig.DEFAULT
            .withLimits(Limits.DEFAULT.withBodyRate(1000))
            .withTimeouts(Timeouts.DEFAULT.withBody(Duration.ofMillis(200)));
    try (ProxyUnderTest slow = new ProxyUnderTest(impatient);
        RawPod pod = RawPod.serving(connection -> connection.wire.readAll());
        StreamWire client = StreamWire.to(slow.proxy.localAddress())) {
      slow.routes.put(ONE, pod.address());
      client.post(1, ONE, "content-length", "100000");
      Thread trickle = new Thread(() -> trickle(client));
      trickle.start();

      assertThat(client.answer(1).status()).isEqualTo(408);

      client.socket.close(); // ends the thread
      trickle.join();
      assertThat(slow.proxy.refused()).containsEntry("REQUEST_TIMEOUT", 1L);
    }
  }

  /** Sends a byte now and then, never as late as the timeout. */
  private static void trickle(StreamWire client) {
    try {
      while (true) {
        client.data(1, false, "x");
        TimeUnit.MILLISECONDS.sleep(20); // what is tested is slowness
      }
    } catch (IOException | InterruptedException e) {
      // cut off, as it should be
    }
  }

  @Test
  void anIdleConnectionEnds() throws IOException {
    try (ProxyUnderTest impatient = with(Timeouts.DEFAULT.withIdle(BRIEF));
        StreamWire client = StreamWire.to(impatient.proxy.localAddress())) {
      client.get(1, "codius.example", "/");

      assertThat(client.answer(1).status()).isEqualTo(200);
      assertThat(client.readTo(GOAWAY).number(4)).isZero();
      assertThat(client.read().isEnd()).isTrue();
    }
  }

  @Test
  void anUnfinishedHeadIsNotWaitedFor() throws IOException {
    try (ProxyUnderTest impatient = with(Timeouts.DEFAULT.withIdle(BRIEF));
        StreamWire client = StreamWire.to(impatient.proxy.localAddress())) {
      client.frame(HEADERS, END_STREAM, 1, StreamWire.block(":method", "GET"));

      assertThat(client.readTo(-1).isEnd()).isTrue();
    }
  }

  private void assertServes() throws IOException {
    try (StreamWire client = client()) {
      client.frame(
          HEADERS,
          END_HEADERS | END_STREAM,
          1,
          StreamWire.block(
              ":method", "GET", ":scheme", "http", ":authority", "codius.example", ":path", "/"));

      assertThat(client.answer(1).status()).isEqualTo(200);
    }
  }
}
