package org.codius.daemon.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerUriTest {

  @Test
  void isWhatTheHostCallsItself() {
    PeerUri peer = PeerUri.parse("https://codius.example.com:8443/").orElseThrow();

    assertThat(peer).hasToString("https://codius.example.com:8443");
    assertThat(peer.host()).isEqualTo("codius.example.com");
    assertThat(peer.port()).isEqualTo(8443);
  }

  @Test
  void knowsThePortsThatAreLeftOut() {
    assertThat(PeerUri.parse("https://a.example").orElseThrow().port()).isEqualTo(443);
    assertThat(PeerUri.parse("http://a.example").orElseThrow().port()).isEqualTo(80);
  }

  @Test
  void takesTheBracketsOffAnAddress() {
    assertThat(PeerUri.parse("https://[2001:db8::1]:8443").orElseThrow().host())
        .isEqualTo("2001:db8::1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.example",
        "ftp://a.example",
        "file:///etc/passwd",
        "https://",
        "https:///pods",
        "https://a.example/pods",
        "https://a.example//",
        "https://a.example?x",
        "https://a.example#x",
        "https://me:secret@a.example",
        "https://@a.example",
        "https://a.example:0",
        "https://a.example:65536",
        "https://a_b.example:x",
        "https://a.example\r\nHost: b.example",
        "https://a b.example",
      })
  void isNothingElse(String text) {
    assertThat(PeerUri.parse(text)).isEmpty();
  }

  @Test
  void isNotEndless() {
    assertThat(PeerUri.parse("https://" + "a".repeat(300))).isEmpty();
  }
}
