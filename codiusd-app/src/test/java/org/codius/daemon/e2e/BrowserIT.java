package org.codius.daemon.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a page can do to its visitor who runs a host with play money: look at its own pod, and
 * nothing else.
 *
 * <p>The page is a pod's, so a browser counts it among the machine's own. It tries every name that
 * leads to 127.0.0.1, one of them from a DNS server of its author's.
 */
final class BrowserIT {

  @RegisterExtension static final HostProcess HOST = new HostProcess();

  private static final String REBOUND_NAME = "rebound.example";
  private static final List<String> NAMES = List.of("127.0.0.1", "localhost", REBOUND_NAME);
  private static final Duration SOLD = Duration.ofMinutes(5);
  private static final Duration BROWSER_TIMEOUT = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static PodImages images;
  private static CodiusProject project;
  private static String hash;
  private static Curl pod;
  private static ObjectNode wanted;
  private static JsonNode report;
  private static Books before;
  private static Books after;

  @BeforeAll
  static void visitsThePage() throws Exception {
    images = PodImages.start();
    project = CodiusProject.create("pod-with-a-page", images);
    Purchase.Answer bought =
        Purchase.upload(HOST, project.generate(), SOLD).send(project.folder()).succeeded();
    hash = bought.manifestHash();
    pod = Curl.pod(HOST, hash);
    wanted = project.generate();
    wanted.withObject("/manifest").put("name", "pod-that-the-page-wants");
    before = Books.of(HOST);

    report = visit();
    after = Books.of(HOST);
  }

  @AfterAll
  static void removesItsFiles() throws Exception {
    project.close();
    images.close();
  }

  @Test
  void aBrowserReachesThePodAndItsWebSocketByName() {
    assertThat(report.get("origin").asText()).isEqualTo("http://" + pod.host());
    assertThat(results("own WebSocket")).containsExactly("opened");
    assertThat(results("own page")).containsExactly("status 200");
  }

  @Test
  void aPageOpensNoWebSocketToTheConnector() {
    assertThat(results("WebSocket")).hasSameSizeAs(NAMES).containsOnly("refused");
  }

  @Test
  void aPageReadsNoAnswerOfTheApi() {
    for (JsonNode attempt : report.get("outcome")) {
      if (!attempt.get("what").asText().startsWith("own")) {
        // What is opaque was sent, and shows the page nothing; the next test sees that it failed.
        assertThat(attempt.get("result").asText()).as(attempt.toString()).isIn("refused", "opaque");
      }
    }
  }

  @Test
  void aPageNeitherPaysNorUploads() throws Exception {
    assertThat(after).isEqualTo(before);
    assertThat(HOST.api().podStatus(HOST.api().hash(wanted))).isEqualTo(404);
  }

  /** That nothing got through proves something only if a program's same request does. */
  @Test
  void aProgramIsNotRefused() throws Exception {
    assertThat(HOST.api().post(wanted, SOLD).statusCode()).isEqualTo(402);
    Program.Ended open =
        NodeScript.of(project.folder(), "open.js", "ws://127.0.0.1:" + HOST.connectorPort() + "/")
            .run(BROWSER_TIMEOUT);
    assertThat(open.succeeded().stdout()).isEqualTo("opened\n");
  }

  /** A page from there is the same origin to its browser, and so sends no Origin header. */
  @Test
  void aNameFromSomebodysDnsIsAnsweredNothing() throws Exception {
    Curl rebound = new Curl(HOST.port(), REBOUND_NAME);

    assertThat(rebound.status("/info")).isEqualTo(403);
    assertThat(rebound.status("/pods?manifestHash=" + hash)).isEqualTo(403);
  }

  private static List<String> results(String what) {
    List<String> results = new ArrayList<>();
    for (JsonNode attempt : report.get("outcome")) {
      if (attempt.get("what").asText().equals(what)) {
        results.add(attempt.get("result").asText());
      }
    }
    return results;
  }

  private static JsonNode visit() throws Exception {
    String page =
        "http://%s/attack.html?connector=%d&api=%d&names=%s&upload=%s"
            .formatted(
                pod.host(),
                HOST.connectorPort(),
                HOST.port(),
                String.join(",", NAMES),
                URLEncoder.encode(wanted.toString(), UTF_8));
    try (Chromium browser = Chromium.create();
        Program.Running visit =
            browser
                .visit(
                    page, REBOUND_NAME, "--remote-debugging-port=0") // or it ends once it is loaded
                .start()) {
      JsonNode first =
          Eventually.find("the page's report", BROWSER_TIMEOUT, BrowserIT::firstReport);
      assertThat(visit.process().isAlive()).isTrue();
      return first;
    }
  }

  private static Optional<JsonNode> firstReport() throws IOException, InterruptedException {
    return Optional.ofNullable(JSON.readTree(pod.body("/reports")).get(0));
  }
}
