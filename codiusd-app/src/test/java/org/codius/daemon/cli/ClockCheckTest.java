package org.codius.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.codius.daemon.cli.Finding.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClockCheckTest {

  private HttpServer registry;

  @BeforeEach
  void start() throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    registry.createContext("/v2/", exchange -> exchange.sendResponseHeaders(401, -1));
    registry.start(); // it dates its answers
  }

  @AfterEach
  void stop() {
    registry.stop(0);
  }

  @Test
  void isWellIfItAgreesWithARegistrys() {
    assertThat(look(Duration.ZERO).verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void isToBeWatchedIfItIsAFewSecondsOff() {
    assertThat(look(Duration.ofSeconds(6)).verdict()).isEqualTo(Verdict.WARNING);
  }

  @Test
  void isAProblemIfPaymentsWouldExpireOnTheirWay() {
    assertThat(look(Duration.ofMinutes(-2)).verdict()).isEqualTo(Verdict.PROBLEM);
    assertThat(look(Duration.ofMinutes(-2)).evidence()).contains(" s behind that of 127.0.0.1");
    assertThat(look(Duration.ofMinutes(2)).evidence()).contains(" s ahead of that of 127.0.0.1");
  }

  @Test
  void isNotComparedIfNobodyAnswers() {
    URI nobody = URI.create("http://127.0.0.1:1/v2/");

    Finding finding = new ClockCheck(Instant::now).look(List.of(nobody));

    assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
    assertThat(finding.evidence()).contains("not compared");
  }

  @Test
  void isComparedWithRegistriesThatAreNotOnThisMachine() {
    assertThat(ClockCheck.places(List.of("quay.io", "docker.io", "*", "127.0.0.1:5000")))
        .containsExactly(
            URI.create("https://registry-1.docker.io/v2/"), URI.create("https://quay.io/v2/"));
  }

  private Finding look(Duration ahead) {
    URI nobody = URI.create("http://127.0.0.1:1/v2/");
    URI place = URI.create("http://127.0.0.1:" + registry.getAddress().getPort() + "/v2/");
    return new ClockCheck(() -> Instant.now().plus(ahead)).look(List.of(nobody, place));
  }
}
