package org.codius.daemon.peers;

import com.google.common.base.Splitter;
import java.util.List;
import java.util.stream.Collectors;
import org.codius.daemon.lease.SettingStore;

/**
 * Some of the known hosts, kept for the next run of this one. There they have to answer for
 * themselves again before they are passed on.
 */
public record PeerMemory(Peers peers, SettingStore settings) {

  private static final String SETTING = "peers.known";
  private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();

  /** As many as are listened to at once. */
  private static final int MOST = 100;

  /** Hears of those that were kept. To be called once, at the start. */
  public void recall() {
    peers.hear(
        settings.find(SETTING).stream()
            .flatMap(WORDS::splitToStream)
            .flatMap(uri -> PeerUri.parse(uri).stream())
            .toList());
  }

  /** Keeps some, unless none are known: then those of before are better than nothing. */
  public void keep() {
    List<PeerUri> known = peers.sample(MOST);
    if (!known.isEmpty()) {
      settings.put(SETTING, known.stream().map(PeerUri::toString).collect(Collectors.joining(" ")));
    }
  }
}
