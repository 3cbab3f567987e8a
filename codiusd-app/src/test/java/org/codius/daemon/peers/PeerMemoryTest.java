package org.codius.daemon.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.codius.daemon.lease.SettingStore;
import org.codius.daemon.store.HostDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerMemoryTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final PeerUri OTHER = new PeerUri(URI.create("https://other.example.com"));

  @TempDir Path folder;

  @Test
  void hasKnownHostsAnswerForThemselvesAgainAfterARestart() throws Exception {
    try (HostDatabase database = HostDatabase.open(folder.resolve("host.db"))) {
      SettingStore settings = database.settings();
      Peers before = peers();
      before.hear(List.of(OTHER, new PeerUri(URI.create("https://hearsay.example.com"))));
      before.confirm(OTHER, NOW);
      new PeerMemory(before, settings).keep();

      Peers after = peers();
      new PeerMemory(after, settings).recall();

      assertThat(after.count()).isZero();
      assertThat(after.unchecked(10, NOW)).containsExactly(OTHER);
    }
  }

  @Test
  void isNotLostWhenNobodyIsKnown() throws Exception {
    try (HostDatabase database = HostDatabase.open(folder.resolve("host.db"))) {
      SettingStore settings = database.settings();
      Peers before = peers();
      before.confirm(OTHER, NOW);
      new PeerMemory(before, settings).keep();
      new PeerMemory(peers(), settings).keep();

      Peers after = peers();
      new PeerMemory(after, settings).recall();

      assertThat(after.unchecked(10, NOW)).containsExactly(OTHER);
    }
  }

  private static Peers peers() {
    PeerUri self = new PeerUri(URI.create("https://codius.example.com"));
    return new Peers(new PeersConfig(self, List.of(), address -> true, false), new Random(1));
  }
}
