package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
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

/**
 * What the original answered, asked again in the order of its recording, paid for where it was: the
 * same status, and the same fields in the body, errors word for word. What differs on purpose is
 * listed here, and in {@code docs/differences.md} with its reason.
 */
class OriginalAnswersTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Our status where it is not the original's. */
  private static final Map<String, Integer> DIFFERENT =
      Map.ofEntries(
          Map.entry("10.024-delete-pods", 422), // a call of ours
          Map.entry("10.027-options-pods-cors", 204), // a browser's question, not one for a price
          Map.entry("10.028-bad-host-header-none", 400), // HTTP/1.1 without Host
          Map.entry("10.037-put-402", 404), // D2: the pod is looked for before money is asked
          Map.entry("10.039-put-empty-json-body", 404),
          Map.entry("10.054-post-bad-container-empty-image", 400), // cannot be pulled
          Map.entry("10.081-paid-options-no-private-with-vars", 200), // D5
          Map.entry("10.083-paid-options-duration-abc", 400), // D13, and so on
          Map.entry("10.084-paid-options-duration-neg", 400),
          Map.entry("10.085-paid-options-duration-1e3", 400),
          Map.entry("10.086-paid-options-duration-float", 400),
          Map.entry("10.087-paid-options-duration-twice", 400),
          Map.entry("10.094-paid-post-duration-0", 400),
          Map.entry("10.095-paid-post-duration-neg", 400),
          Map.entry("10.096-paid-post-duration-abc", 400),
          Map.entry("10.101-paid-put-duration-abc", 400),
          Map.entry("10.111-proxy-get-upper-host", 200), // D12
          Map.entry("10.124-proxy-backend-close", 502), // D6: whose fault it is
          Map.entry("10.130-ws-nonpod-host", 200), // the page, as for any other
          Map.entry("10.131-ws-refused", 503)); // nothing at all

  /** The same status, in other words. */
  private static final List<String> REWORDED =
      List.of(
          "10.097-paid-post-maxprice-too-low", // at once, and nothing is taken
          "10.122-proxy-refused-503"); // says what refused

  @TempDir static Path folder;
  private static OriginalHost host;

  @BeforeAll
  static void start() throws Exception {
    host = new OriginalHost(folder, true);
  }

  @AfterAll
  static void stop() throws Exception {
    host.close();
  }

  static List<OriginalCase> cases() throws Exception {
    return OriginalHost.cases();
  }

  @Test
  void everyDifferenceIsOfACase() throws Exception {
    assertThat(cases().stream().map(OriginalCase::name))
        .hasSize(132)
        .containsAll(DIFFERENT.keySet())
        .containsAll(REWORDED);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answersAsTheOriginalDid(OriginalCase original) throws Exception {
    Answer answer = host.replay(original);

    Integer different = DIFFERENT.get(original.name());
    if (different != null) {
      assertThat(answer.status()).as(answer.body()).isEqualTo(different);
      return;
    }
    OriginalHost.assertSame(original, answer);
    if (original.answer().body().startsWith("{\"statusCode\"")
        && !REWORDED.contains(original.name())) {
      assertThat(JSON.readTree(answer.body()).get("message"))
          .isEqualTo(JSON.readTree(original.answer().body()).get("message"));
    }
    if (original.name().equals("10.088-paid-post-p1-debug")) {
      host.write(JSON.readTree(answer.body()).get("manifestHash").textValue());
    }
  }
}
