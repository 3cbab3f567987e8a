package org.codius.daemon.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PeersTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final PeerUri SELF = peer("https://self.example");
  private static final PeerUri A = peer("https://a.example");
  private static final PeerUri B = peer("https://b.example");

  private final Peers peers =
      new Peers(new PeersConfig(SELF, List.of(B), address -> true, false), new Random(1));

  @Test
  void passesOnOnlyWhoHasAnsweredForItself() {
    peers.hear(List.of(A));

    assertThat(peers.unchecked(5, NOW)).containsExactly(B, A);
    assertThat(peers.sample(5)).isEmpty();

    peers.confirm(A, NOW);

    assertThat(peers.unchecked(5, NOW)).containsExactly(B);
    assertThat(peers.sample(5)).containsExactly(A);
    assertThat(peers.count()).isEqualTo(1);
  }

  @Test
  void listensNeitherToItsOwnNameNorToHostsWithoutTls() {
    peers.hear(List.of(SELF, peer("http://a.example")));

    assertThat(peers.unchecked(5, NOW)).containsExactly(B);
  }

  @Test
  void hasEachAnswerForItselfAgainTheNextDay() {
    peers.confirm(A, NOW);
    peers.forget(B);

    assertThat(peers.unchecked(5, NOW.plus(Duration.ofHours(23)))).isEmpty();
    assertThat(peers.unchecked(5, NOW.plus(Duration.ofHours(24)))).containsExactly(A);
  }

  @Test
  void hasOneWhoFailedToGossipAnswerForItselfSoon() {
    peers.confirm(A, NOW);
    peers.forget(B);
    peers.doubt(A);

    assertThat(peers.unchecked(5, NOW)).containsExactly(A);
    assertThat(peers.sample(5)).as("until then it is known").containsExactly(A);

    peers.forget(A);

    assertThat(peers.sample(5)).isEmpty();
  }

  @Test
  void doubtingAStrangerMakesItNoAcquaintance() {
    peers.doubt(A);

    assertThat(peers.count()).isZero();
  }

  @Test
  void samplesEveryoneInTheLongRun() {
    IntStream.range(0, 20).forEach(i -> peers.confirm(peer("https://p" + i + ".example"), NOW));

    Set<PeerUri> seen = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      List<PeerUri> sample = peers.sample(3);
      assertThat(sample).hasSize(3).doesNotHaveDuplicates();
      seen.addAll(sample);
    }

    assertThat(seen).hasSize(20);
  }

  @Test
  void staysBoundedWhateverItIsTold() {
    for (int message = 0; message < 50; message++) {
      int from = message * 200;
      peers.hear(
          IntStream.range(from, from + 200)
              .mapToObj(i -> peer("https://liar" + i + ".example"))
              .toList());
    }
    assertThat(peers.unchecked(10_000, NOW)).hasSize(Peers.MAXIMUM);

    IntStream.range(0, 2000).forEach(i -> peers.confirm(peer("https://p" + i + ".example"), NOW));
    assertThat(peers.count()).isEqualTo(Peers.MAXIMUM);
  }

  @Test
  void listensToAFewOfOneMessageOnly() {
    peers.hear(
        IntStream.range(0, 1000).mapToObj(i -> peer("https://liar" + i + ".example")).toList());

    assertThat(peers.unchecked(10_000, NOW)).hasSize(101);
  }

  private static PeerUri peer(String text) {
    return PeerUri.parse(text).orElseThrow();
  }
}
