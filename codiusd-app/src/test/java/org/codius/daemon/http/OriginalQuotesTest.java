package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.codius.daemon.http.ApiUnderTest.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The recorded questions for a price, at a host that tells it for nothing: no payment is asked. */
class OriginalQuotesTest {

  /** Our status where it is not the original's. */
  private static final Map<String, Integer> DIFFERENT =
      Map.ofEntries(
          Map.entry("10.027-options-pods-cors", 204),
          Map.entry("10.034-options-no-paytoken", 200), // a price is free
          Map.entry("10.035-options-402", 200),
          Map.entry("10.081-paid-options-no-private-with-vars", 200), // D5
          Map.entry("10.083-paid-options-duration-abc", 400), // D13, and so on
          Map.entry("10.084-paid-options-duration-neg", 400),
          Map.entry("10.085-paid-options-duration-1e3", 400),
          Map.entry("10.086-paid-options-duration-float", 400),
          Map.entry("10.087-paid-options-duration-twice", 400));

  @TempDir static Path folder;
  private static OriginalHost host;

  @BeforeAll
  static void start() throws Exception {
    host = new OriginalHost(folder, false);
  }

  @AfterAll
  static void stop() throws Exception {
    host.close();
  }

  static List<OriginalCase> quotes() throws Exception {
    return OriginalHost.cases().stream()
        .filter(original -> original.request().startsWith("OPTIONS"))
        .toList();
  }

  @Test
  void everyDifferenceIsOfACase() throws Exception {
    assertThat(quotes().stream().map(OriginalCase::name))
        .hasSize(14)
        .containsAll(DIFFERENT.keySet());
  }

  @ParameterizedTest
  @MethodSource("quotes")
  void answersAtOnce(OriginalCase original) throws Exception {
    Answer answer = host.replay(original);

    assertThat(answer.status()).isNotEqualTo(402);
    Integer different = DIFFERENT.get(original.name());
    if (different == null) {
      OriginalHost.assertSame(original, answer);
    } else {
      assertThat(answer.status()).as(answer.body()).isEqualTo(different);
    }
  }
}
