package org.codius.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.stream.Stream;
import org.codius.manifest.Violation.Code;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a user reads when a variable does not resolve, word for word, under both rule sets. */
class VariableSentencesTest {

  private static final String SECRET =
      "\"vars\":{\"S\":{\"encoding\":\"private:sha256\",\"value\":\"ab\"}}";
  private static final String WRONG_VALUE =
      "\"private\":{\"vars\":{\"S\":{\"nonce\":\"00\",\"value\":\"x\"}}}";
  private static final String RESERVED =
      "Names that begin with CODIUS belong to the host: choose another.";
  private static final String NOT_SENT =
      "The value of the private variable \"S\" was not sent: add it to \"private\".";
  private static final String ANOTHER_VALUE =
      "The private value is not the one the manifest was made with: generate the manifest again.";

  @ParameterizedTest
  @MethodSource
  void aHostSays(byte[] json, Code code, String help) {
    PodRequest request = ManifestParser.parseRequest(json, Rules.HOST);

    InvalidManifestException invalid =
        catchThrowableOfType(
            InvalidManifestException.class,
            () -> Environment.resolve(request.manifest(), request.privateVariables(), ""));

    assertSays(invalid.violations(), code, help);
  }

  static Stream<Arguments> aHostSays() {
    return Stream.of(
        Arguments.of(
            Requests.withEnvironment("\"CODIUS_X\":\"\"", "", ""), Code.RESERVED_NAME, RESERVED),
        Arguments.of(
            Requests.withEnvironment("\"A\":\"$NOPE\"", "", ""),
            Code.UNDEFINED_VARIABLE,
            "There is no variable \"NOPE\": add it to \"vars\", or write \"$$NOPE\" if you mean the"
                + " text itself."),
        Arguments.of(
            Requests.withEnvironment("\"A\":\"$S\"", SECRET, ""),
            Code.PRIVATE_VALUE_MISSING,
            NOT_SENT),
        Arguments.of(
            Requests.withEnvironment("\"A\":\"$S\"", SECRET, WRONG_VALUE),
            Code.PRIVATE_VALUE_MISMATCH,
            ANOTHER_VALUE));
  }

  @ParameterizedTest
  @MethodSource
  void generatingSays(byte[] json, Code code, String help) {
    InvalidManifestException invalid =
        catchThrowableOfType(
            InvalidManifestException.class,
            () -> ManifestParser.parseRequest(json, Rules.GENERATED));

    assertSays(invalid.violations(), code, help);
  }

  static Stream<Arguments> generatingSays() {
    return Stream.of(
        Arguments.of(
            Requests.withEnvironment("\"CODIUS_X\":\"\"", "", ""), Code.RESERVED_NAME, RESERVED),
        Arguments.of(
            Requests.withEnvironment(
                "\"A\":\"$NOPE\",\"B\":\"$V\"", "\"vars\":{\"V\":{\"value\":\"\"}}", ""),
            Code.UNDEFINED_VARIABLE,
            "There is no variable \"NOPE\": add it to \"vars\"."),
        Arguments.of(
            Requests.withManifest("\"vars\":{\"V\":{\"value\":\"\"}}"),
            Code.UNUSED_VARIABLE,
            "No container uses this variable: remove it, or use it as \"$V\"."),
        Arguments.of(
            Requests.withEnvironment("\"A\":\"$S\"", SECRET, ""),
            Code.PRIVATE_VALUE_MISSING,
            NOT_SENT),
        Arguments.of(
            Requests.withEnvironment("\"A\":\"$S\"", SECRET, WRONG_VALUE),
            Code.PRIVATE_VALUE_MISMATCH,
            ANOTHER_VALUE),
        Arguments.of(
            Requests.of("", "", WRONG_VALUE),
            Code.PRIVATE_VALUE_UNKNOWN,
            "There are private values, but the manifest has no variables: add \"vars\"."),
        Arguments.of(
            Requests.withEnvironment(
                "\"B\":\"$V\"", "\"vars\":{\"V\":{\"value\":\"\"}}", WRONG_VALUE),
            Code.PRIVATE_VALUE_UNKNOWN,
            "The manifest has no variable of this name: remove the private value, or add it."));
  }

  private static void assertSays(List<Violation> violations, Code code, String help) {
    assertThat(violations)
        .filteredOn(violation -> violation.code() == code)
        .extracting(Violation::help)
        .containsExactly(help);
  }
}
