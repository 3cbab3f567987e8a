package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import org.codius.payments.PayToken;
import org.codius.payments.stream.InvoiceSeal.Terms;
import org.junit.jupiter.api.Test;

class InvoiceSealTest {

  private static final Instant NOW = Instant.parse("2026-05-04T03:02:01Z");

  private final SecureRandom random = new SecureRandom();
  private final InvoiceSeal seal = new InvoiceSeal(new byte[32]);
  private final PayToken token = PayToken.random(random);

  @Test
  void bringsBackWhatItHides() {
    String segment = seal.seal(Terms.of(token, "POST x 60", -1L, NOW), random);

    Terms terms = seal.open(segment).orElseThrow();

    assertThat(terms.token()).isEqualTo(token);
    assertThat(terms.isFor("POST x 60")).isTrue();
    assertThat(terms.isFor("POST x 600")).isFalse();
    assertThat(terms.price()).isEqualTo(-1L); // the largest unsigned
    assertThat(terms.issued()).isEqualTo(NOW);
  }

  @Test
  void hidesTheSameNeverTheSameWay() {
    Terms terms = Terms.of(token, "POST x 60", 1, NOW);

    String segment = seal.seal(terms, random);

    assertThat(segment).matches("[A-Za-z0-9_-]{147}");
    assertThat(seal.seal(terms, random)).isNotEqualTo(segment);
    assertThat(seal.sharedSecret(segment)).isNotEqualTo(seal.sharedSecret("AAAA"));
  }

  @Test
  void opensOnlyItsOwn() {
    byte[] otherSecret = new byte[32];
    Arrays.fill(otherSecret, (byte) 1);
    InvoiceSeal other = new InvoiceSeal(otherSecret);
    String segment = other.seal(Terms.of(token, "POST x 60", 1, NOW), random);

    assertThat(seal.open(segment)).isEmpty();
    assertThat(seal.open("")).isEmpty();
    assertThat(seal.open("not~base64")).isEmpty();
    assertThat(seal.open(token.toHeader())).isEmpty();
  }

  @Test
  void knowsASegmentInOneSpelling() {
    String segment = seal.seal(Terms.of(token, "POST x 60", 1, NOW), random);
    char last = segment.charAt(segment.length() - 1); // two of its bits say nothing
    String respelled = segment.substring(0, segment.length() - 1) + (char) (last + 1);

    assertThat(seal.sharedSecret(respelled)).isEqualTo(seal.sharedSecret(segment));
    assertThat(seal.open(respelled)).isEmpty();
    assertThat(seal.open(segment)).isPresent();
  }

  @Test
  void wantsAWholeSecret() {
    assertThatThrownBy(() -> new InvoiceSeal(new byte[16]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("server secret: 16 bytes (expected: 32)");
  }
}
