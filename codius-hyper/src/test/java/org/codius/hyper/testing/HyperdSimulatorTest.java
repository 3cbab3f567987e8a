package org.codius.hyper.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays everything a real hyperd was asked, in the order of time, and expects the same answers.
 *
 * <p>What is compared is the status, the headers and the body, up to {@link TranscriptNormalizer}.
 * What processes, people and the host did in between is in {@link LabNotes}.
 */
class HyperdSimulatorTest {

  /** By the times in them; what overlapped another is replayed by its notes. */
  private static final List<String> IN_ORDER_OF_TIME =
      List.of(
          "20-image-load-ok",
          "22-image-push",
          "30-pod-create-ok",
          "31-list-after-create",
          "32-pod-info-created-not-started",
          "33-pod-start-ok",
          "34-list-running",
          "35-pod-info-running",
          "01-version",
          "02-info",
          "03-ping",
          "04-routing-errors",
          "05-list-errors",
          "10-image-delete",
          "11-image-create-ok",
          "12-image-create-already-present",
          "13-image-create-digest",
          "14-image-create-with-tag-param",
          "15-image-create-errors",
          "16-image-load-errors",
          "21-images-get",
          "40-pod-create-duplicate-id",
          "41-pod-create-bad-image",
          "42-pod-create-malformed",
          "43-pod-create-validation",
          "44-pod-unknown",
          "45-pod-create-second-image-missing-then-retry",
          "50-pod-multi",
          "51-container-logs",
          "60-exec",
          "61-exec-stdin",
          "62-exec-tty",
          "63-exec-errors",
          "64-attach",
          "65-tty-resize",
          "66-pod-pause",
          "67-pod-labels",
          "68-pod-stats",
          "69-portmappings",
          "70-services",
          "71-container-lifecycle",
          "80-pod-stop",
          "81-pod-restart",
          "82-pod-kill",
          "83-pod-delete",
          "84-pod-create-reuse-id-after-delete",
          "85-pod-delete-running",
          "86-stale-ip-after-stop-start",
          "87-finished-pod",
          "90-hyperd-restart",
          "91-host-crash-vm-and-hyperd-gone",
          "46-pod-create-variants",
          "47-pod-create-codius-like",
          "48-http-details",
          "52-container-logs-edge",
          "49-leaked-container-recovery",
          "53-pod-features",
          "54-file-perm");

  /**
   * What is not replayed: it has no answers, only where sockets cut them, which no two runs do
   * alike. That frames are found wherever they are cut is {@code LogFrameDecoderTest}'s.
   */
  private static final String CHUNKS = "55-logs-chunks-vs-frames";

  /** How long a call is watched that is expected to say nothing more. */
  private static final Duration SILENCE = Duration.ofMillis(200);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService readers = Executors.newCachedThreadPool();
  private final TranscriptNormalizer recorded = new TranscriptNormalizer();
  private final TranscriptNormalizer simulated = new TranscriptNormalizer();
  private HyperdSimulator hyperd;
  private Map<String, LabNotes.Action> notes;

  @BeforeEach
  void start() throws Exception {
    hyperd = HyperdSimulator.start(folder.resolve("hyper.sock"), group);
    notes = LabNotes.of(hyperd, this::replay);
  }

  @AfterEach
  void stop() {
    hyperd.close();
    readers.shutdownNow();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @TestFactory
  Stream<DynamicTest> answersAsHyperdDid() {
    return IN_ORDER_OF_TIME.stream().map(name -> DynamicTest.dynamicTest(name, () -> replay(name)));
  }

  @Test
  void noTranscriptIsLeftOut() throws Exception {
    Path here = Path.of(HyperdSimulatorTest.class.getResource(Transcript.FOLDER).toURI());
    try (Stream<Path> files = Files.list(here)) {
      assertThat(files.map(file -> file.getFileName().toString().replace(".http", "")))
          .containsExactlyInAnyOrderElementsOf(
              Stream.of(IN_ORDER_OF_TIME, LabNotes.OVERLAPPING, List.of(CHUNKS))
                  .flatMap(List::stream)
                  .toList());
    }
  }

  private void replay(String name) throws Exception {
    List<Transcript.Exchange> exchanges = Transcript.read(name).exchanges();
    assertThat(exchanges).as(name).isNotEmpty();
    recorded.forgetAddresses();
    simulated.forgetAddresses();
    for (int i = 0; i < exchanges.size(); i++) {
      String key = LabNotes.key(name, i);
      Transcript.Exchange exchange = exchanges.get(i);
      replay(exchange, key);
    }
  }

  private void replay(Transcript.Exchange exchange, String key) throws Exception {
    notes.getOrDefault("before " + key, LabNotes.NOTHING).run(null);
    String expected = recorded.normalize(exchange.answer());
    HttpAnswer answer;
    try (WireClient client = new WireClient(folder.resolve("hyper.sock"), readers)) {
      client.send(
          recorded.translate(exchange.request(), simulated),
          recorded.translate(exchange.requestBody(), simulated));
      if (!exchange.input().isEmpty() || exchange.isInputEnded()) {
        client.awaitHead(PATIENCE);
        client.sendRaw(exchange.input(), exchange.isInputEnded());
      }
      notes.getOrDefault("during " + key, LabNotes.NOTHING).run(client);
      answer =
          exchange.exitCode() == LabNotes.CURL_TIMED_OUT
              ? whileItLasts(client, exchange.answer().body().length)
              : client.awaitEnd(PATIENCE);
    }
    assertThat(simulated.normalize(answer)).as("%s %s", key, exchange).isEqualTo(expected);
    if (exchange.exitCode() == LabNotes.CURL_TIMED_OUT && exchange.answer().status() != 0) {
      assertThat(answer.isWhole()).as("%s %s has ended", key, exchange).isFalse();
    }
  }

  /** Returns what came, and nothing more came after it for a while. */
  private static HttpAnswer whileItLasts(WireClient client, int bodyBytes) throws Exception {
    if (bodyBytes > 0) {
      client.await(bodyBytes, PATIENCE);
    }
    return client.await(Integer.MAX_VALUE, SILENCE);
  }
}
