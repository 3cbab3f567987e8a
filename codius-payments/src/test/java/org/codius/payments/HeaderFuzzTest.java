package org.codius.payments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.codius.payments.spsp.PaymentPointer;

/**
 * Whatever stands in a header, there is a value that is written as it was read, or none.
 *
 * <p>To look for new inputs: {@code JAZZER_FUZZ=1 mvn -pl codius-payments test
 * -Dtest=HeaderFuzzTest#readsTexts}.
 */
class HeaderFuzzTest {

  @FuzzTest(maxDuration = "2m")
  void readsTexts(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    Allocation.isBounded(bytes.length, () -> readText(text));
  }

  private static void readText(String text) {
    PayToken.parse(text)
        .ifPresent(token -> assertThat(PayToken.parse(token.toHeader())).contains(token));
    Invoice.parse(text)
        .ifPresent(invoice -> assertThat(Invoice.parse(invoice.toHeader())).contains(invoice));
    PaymentPointer.parse(text)
        .ifPresent(
            pointer -> {
              assertThat(pointer).hasToString(text);
              assertThat(pointer.endpoint().getScheme()).isEqualTo("https");
            });
  }
}
