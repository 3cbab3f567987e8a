package org.codius.payments.btp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BtpAddressTest {

  @Test
  void readsUserAndToken() {
    assertThat(parse("btp+wss://alice:s%3Aecret%20+@connector.example:444/btp"))
        .isEqualTo(new BtpAddress(true, "connector.example", 444, "/btp", "alice", "s:ecret +"));
  }

  @Test
  void takesAnEmptyUser() {
    assertThat(parse("btp+ws://:secret@[::1]:7768"))
        .isEqualTo(new BtpAddress(false, "::1", 7768, "/", "", "secret"));
    assertThat(parse("btp+ws://:secret@[::1]:7768").authority()).isEqualTo("[::1]:7768");
  }

  @Test
  void takesNoUserAndNoPort() {
    assertThat(parse("btp+ws://localhost"))
        .isEqualTo(new BtpAddress(false, "localhost", 80, "/", "", ""));
    assertThat(parse("BTP+WSS://localhost").port()).isEqualTo(443);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://:secret@localhost", "btp+ws:secret", "//:secret@localhost"})
  void refusesWhatIsNoBtpAddressWithoutShowingTheToken(String uri) {
    assertThatThrownBy(() -> parse(uri))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("uplink address: ")
        .hasMessageNotContaining("secret");
  }

  @Test
  void showsNoToken() {
    URI uri = URI.create("btp+ws://alice:secret@localhost:7768");

    assertThat(BtpAddress.parse(uri).toString()).isEqualTo("btp+ws://localhost:7768/");
    assertThat(BtpUplinkConfig.of(uri).toString()).doesNotContain("secret");
  }

  private static BtpAddress parse(String uri) {
    return BtpAddress.parse(URI.create(uri));
  }
}
