package org.codius.payments;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayTokenTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-_AAAAAAAAAAAAAAAAAAAA",
        "-_AAAAAAAAAAAAAAAAAAAA==",
        "+/AAAAAAAAAAAAAAAAAAAA==",
        " +/AAAAAAAAAAAAAAAAAAAA\t"
      })
  void isReadInBothAlphabets(String header) {
    PayToken token = PayToken.parse(header).orElseThrow();

    assertThat(token.hex()).isEqualTo("fbf00000000000000000000000000000");
    assertThat(token.toHeader()).isEqualTo("-_AAAAAAAAAAAAAAAAAAAA");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "=", "AAAA", "-_AAAAAAAAAAAAAAAAAAAA=A", "-_AAAAAAAAAAAAAAAAAA\u00e9AA"})
  void isNothingElse(String header) {
    assertThat(PayToken.parse(header)).isEmpty();
  }

  /**
   * Looking for the padding's end took 60 ms for 8,000 characters, and four times that for twice as
   * many.
   */
  @ParameterizedTest
  @ValueSource(ints = {65, 8_000, 100_000})
  void isRefusedByItsLengthAlone(int length) {
    assertThat(PayToken.parse("=".repeat(length - 1) + "x")).isEmpty();
    assertThat(PayToken.parse("-_AAAAAAAAAAAAAAAAAAAA" + "=".repeat(length - 22))).isEmpty();
  }
}
