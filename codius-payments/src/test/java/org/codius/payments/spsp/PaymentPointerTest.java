package org.codius.payments.spsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With the examples of RFC 26. */
class PaymentPointerTest {

  @ParameterizedTest
  @CsvSource({
    "$example.com,https://example.com/.well-known/pay",
    "$example.com/,https://example.com/.well-known/pay",
    "$example.com/invoices/12345,https://example.com/invoices/12345",
    "$bob.example.com,https://bob.example.com/.well-known/pay",
    "$example.com/bob,https://example.com/bob",
    "$example.com/~alice,https://example.com/~alice",
    "$example.com/a%20b,https://example.com/a%20b",
    "$localhost:8443/bob,https://localhost:8443/bob"
  })
  void namesAnEndpoint(String text, String endpoint) {
    PaymentPointer pointer = PaymentPointer.parse(text).orElseThrow();

    assertThat(pointer.endpoint()).isEqualTo(URI.create(endpoint));
    assertThat(pointer).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "$",
        "example.com",
        "https://example.com",
        "$example.com?x=1",
        "$example.com/a?x=1",
        "$example.com/#a",
        "$user@example.com",
        "$exa mple.com",
        "$example.com/a b",
        "$.com",
        "$a..b",
        "$example.com:999999",
        "$example.com/%2",
        "$[::1]/x",
        "$example.com\\@evil.com"
      })
  void anythingElseNamesNone(String text) {
    assertThat(PaymentPointer.parse(text)).isEmpty();
  }

  /** A pattern that nests took stack for each character, and threw its overflow. */
  @ParameterizedTest
  @ValueSource(strings = {"a", "/", "%20", "a/%20"})
  void mayBeAsLongAsAnUrl(String part) {
    String path = "/" + part.repeat(1_900 / part.length());

    assertThat(PaymentPointer.parse("$example.com" + path).orElseThrow().path()).isEqualTo(path);
  }

  @Test
  void isNoLongerThanAnUrlMayBe() {
    assertThat(PaymentPointer.parse("$example.com/" + "a".repeat(2_000))).isEmpty();
  }
}
