package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a host remembers when it was ended in the middle of everything. */
final class RestartIT {

  @RegisterExtension static final HostProcess HOST = new HostProcess();

  private static final Duration SOLD = Duration.ofMinutes(5);
  private static final Duration REOPEN_TIMEOUT = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void afterKillMinusNineThePodIsTheSameAndWasPaidOnce() throws Throwable {
    try (PodImages images = PodImages.start();
        CodiusProject project = CodiusProject.create("pod-that-outlives-its-host", images)) {
      ObjectNode upload = project.generate();
      Purchase purchase = Purchase.upload(HOST, upload, SOLD);
      Purchase.Answer bought = purchase.send(project.folder()).succeeded();
      Curl pod = Curl.pod(HOST, bought.manifestHash());
      String born = JSON.readTree(pod.body("/")).get("born").asText();
      Instant expiry = HOST.api().expiry(bought.manifestHash());
      Books books = Books.of(HOST);
      List<Long> runtime = HOST.containerds();

      HOST.killAndRestart();

      Eventually.holds(REOPEN_TIMEOUT, () -> assertThat(pod.status("/")).isEqualTo(200));
      assertThat(JSON.readTree(pod.body("/")).get("born").asText()).isEqualTo(born);
      assertThat(HOST.api().expiry(bought.manifestHash())).isEqualTo(expiry);
      assertThat(Books.of(HOST)).isEqualTo(books);
      assertThat(runtime).hasSize(1);
      assertThat(HOST.containerds()).isEqualTo(runtime);

      // The client, which had no answer either, asks again.
      Purchase.Answer again = purchase.send(project.folder()).succeeded();
      assertThat(again.paid()).isZero();
      assertThat(again.manifestHash()).isEqualTo(bought.manifestHash());
      assertThat(HOST.api().expiry(bought.manifestHash())).isEqualTo(expiry);
      assertThat(Books.of(HOST)).isEqualTo(books);
    }
  }
}
