package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.NOBODY;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every answer says when it was made (RFC 9110 §6.6.1), whoever made it. */
@ExtendWith(LeakCheck.class)
class DateFieldTest {

  private final ProxyUnderTest proxy = new ProxyUnderTest();

  @AfterEach
  void stop() {
    proxy.close();
  }

  @Test
  void isPutInWhereAPodLeavesItOut() throws IOException {
    try (RawPod pod = RawPod.answering(ok("hi"));
        Wire client = proxy.client();
        StreamWire two = StreamWire.to(proxy.proxy.localAddress())) {
      proxy.routes.put(ONE, pod.address());

      assertIsNow(date(client.send(get(ONE, "/")).answer()));
      assertIsNow(two.get(1, ONE, "/").answer(1).headers().get(0).get("date").toString());
    }
  }

  @Test
  void isThePodsWhereItSetsOne() throws IOException {
    String date = "Sun, 06 Nov 1994 08:49:37 GMT";
    String answer = "HTTP/1.1 200 OK\r\ndate: " + date + "\r\nContent-Length: 0\r\n\r\n";
    try (RawPod pod = RawPod.answering(answer);
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());

      assertThat(client.send(get(ONE, "/")).answer().head())
          .contains("\r\ndate: " + date + "\r\n")
          .doesNotContain("\r\nDate: ");
    }
  }

  @Test
  void isInNoInterimAnswer() throws IOException {
    try (RawPod pod = RawPod.answering("HTTP/1.1 103 Early Hints\r\n\r\n" + ok(""));
        Wire client = proxy.client()) {
      proxy.routes.put(ONE, pod.address());

      assertThat(client.send(get(ONE, "/")).readHead()).doesNotContainIgnoringCase("\r\ndate:");
      assertIsNow(date(client.answer()));
    }
  }

  @Test
  void isInRefusalsAndInWhatTheApiAnswers() throws IOException {
    try (Wire client = proxy.client()) {
      assertIsNow(date(client.send(get(NOBODY, "/")).answer()));
      assertIsNow(date(client.send(get("api", "/")).answer()));
      assertIsNow(date(client.send("bad\r\n\r\n").answer()));
    }
  }

  private static String date(Wire.Answer answer) {
    assertThat(answer.head()).containsOnlyOnce("ate: ");
    int from = answer.head().toLowerCase(Locale.ROOT).indexOf("\r\ndate: ") + 8;
    return answer.head().substring(from, answer.head().indexOf("\r\n", from));
  }

  private static void assertIsNow(String date) {
    Instant said = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    assertThat(said).isBetween(now.minus(Duration.ofMinutes(1)), now);
    assertThat(date).hasSize("Sun, 06 Nov 1994 08:49:37 GMT".length());
  }
}
