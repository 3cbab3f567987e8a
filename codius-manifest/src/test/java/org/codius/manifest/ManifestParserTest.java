package org.codius.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.codius.manifest.InvalidManifestException.Kind.INTERPOLATION;
import static org.codius.manifest.InvalidManifestException.Kind.SCHEMA;
import static org.codius.manifest.InvalidManifestException.Kind.SYNTAX;

import com.google.common.collect.ImmutableSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.codius.manifest.Violation.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestParserTest {

  @Test
  void readsEverythingAManifestHas() {
    byte[] json =
        Requests.of(
            "\"command\":[\"a\",\"b\"],\"workdir\":\"/w\",\"environment\":{\"B\":\"$S\",\"A\":\"x\"}",
            "\"port\":\"80\",\"machine\":\"small\",\"debug\":true,"
                + "\"vars\":{\"S\":{\"encoding\":\"private:sha256\",\"value\":\"h\"}}",
            "\"private\":{\"vars\":{\"S\":{\"nonce\":\"n\",\"value\":\"v\"}}}");

    PodRequest request = ManifestParser.parseRequest(json);

    Manifest manifest = request.manifest();
    assertThat(manifest.name()).isEqualTo("n");
    assertThat(manifest.version()).isEqualTo("1");
    assertThat(manifest.machine()).isEqualTo(Machine.SMALL);
    assertThat(manifest.port()).hasValue(80);
    assertThat(manifest.isDebug()).isTrue();
    assertThat(manifest.variables())
        .isEqualTo(Map.of("S", new Variable(Variable.PRIVATE_SHA256, "h")));
    Container container = manifest.containers().get(0);
    assertThat(container.imageReference().familiar()).isEqualTo(Requests.IMAGE);
    assertThat(container.command()).containsExactly("a", "b");
    assertThat(container.workdir()).isEqualTo("/w");
    assertThat(container.environment().keySet()).containsExactly("B", "A");
    assertThat(request.privateVariables().find("S")).contains(new PrivateVariable("n", "v"));
    assertThat(ManifestParser.parseRequest(Requests.bytes(request.secretJson())))
        .isEqualTo(request);
  }

  @Test
  void readsABareManifestToo() {
    Manifest bare =
        ManifestParser.parse(
            Requests.bytes(
                "{\"name\":\"n\",\"version\":\"1\",\"containers\":[{\"id\":\"app\",\"image\":\""
                    + Requests.IMAGE
                    + "\"}]}"));

    assertThat(bare).isEqualTo(ManifestParser.parse(Requests.withManifest("")));
    assertThat(bare.machine()).isEqualTo(Machine.SMALL);
    assertThat(bare.port()).isEmpty();
  }

  @Test
  void keepsJavaScriptsOrderOfNames() {
    byte[] json =
        Requests.withEnvironment(
            "\"b\":\"\",\"10\":\"\",\"a\":\"\",\"9\":\"\",\"b\":\"2\"", "", "");

    Manifest manifest = ManifestParser.parseRequest(json).manifest();

    assertThat(manifest.json())
        .contains("\"environment\":{\"9\":\"\",\"10\":\"\",\"b\":\"2\",\"a\":\"\"}");
  }

  /** Defect D9 of the original: its pattern for ports is not anchored. */
  @ParameterizedTest
  @CsvSource({"8080,8080", "' 8080',8080", "08x0,8", "80abc,80", "'0 80',80", "65535,65535"})
  void d9NormalisesPortsTheOriginalLetPass(String written, int port) {
    byte[] json = Requests.withManifest("\"port\":\"" + written + "\"");

    assertThat(ManifestParser.parseRequest(json).manifest().port()).isEqualTo(OptionalInt.of(port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "abc", "65536", "99999", "8080808080808080808080"})
  void refusesPortsThatAreNone(String written) {
    Violation violation = only(Requests.withManifest("\"port\":\"" + written + "\""), Rules.HOST);

    assertThat(violation.path()).isEqualTo("manifest.port");
    assertThat(violation.code()).isEqualTo(Code.INVALID_PORT);
    assertThat(violation.help())
        .isEqualTo("\"port\" needs a number from 1 to 65535, like \"8080\".");
  }

  @Test
  void debugInQuotesIsDebugAsForTheOriginalsHost() {
    Manifest quoted = ManifestParser.parse(Requests.withManifest("\"debug\":\"TRUE\""));

    assertThat(quoted).isEqualTo(ManifestParser.parse(Requests.withManifest("\"debug\":true")));
  }

  @Test
  void theHostDecidesWhichMachinesItSells() {
    byte[] large = Requests.withManifest("\"machine\":\"large\"");
    Rules rules = Rules.HOST.withMachines(ImmutableSet.of(Machine.SMALL, new Machine("large")));

    assertThat(ManifestParser.parse(large, rules).machine()).isEqualTo(new Machine("large"));
    assertThat(only(large, Rules.HOST).help()).isEqualTo("\"machine\" must be one of: small.");
  }

  @ParameterizedTest
  @MethodSource("hostRefusals")
  void saysWhatIsWrong(byte[] json, String path, Code code, String help) {
    Violation violation = only(json, Rules.HOST);

    assertThat(violation)
        .isEqualTo(new Violation(path, "Invalid request payload input", help, code));
  }

  static Stream<Arguments> hostRefusals() {
    String nul = "\\u0000";
    return Stream.of(
        Arguments.of(new byte[0], "", Code.WRONG_TYPE, "The request must be an object, not null."),
        Arguments.of(
            Requests.bytes("[]"),
            "",
            Code.WRONG_TYPE,
            "The request must be an object, not an array."),
        Arguments.of(Requests.bytes("{}"), "manifest", Code.MISSING, "\"manifest\" is missing."),
        Arguments.of(
            Requests.withManifest("\"prot\":\"80\""),
            "manifest",
            Code.UNKNOWN_PROPERTY,
            "\"prot\" means nothing in manifest (known: name, version, port, machine, containers,"
                + " vars, debug)."),
        Arguments.of(
            Requests.withManifest("\"port\":8080"),
            "manifest.port",
            Code.WRONG_TYPE,
            "\"port\" must be a string, not a number."),
        Arguments.of(
            Requests.withManifest("\"debug\":null"),
            "manifest.debug",
            Code.WRONG_TYPE,
            "\"debug\" must be true or false, not null."),
        Arguments.of(
            Requests.withManifest("\"containers\":[]"),
            "manifest.containers",
            Code.NO_CONTAINERS,
            "A pod needs at least one container: add one to \"containers\"."),
        Arguments.of(
            Requests.withManifest("\"containers\":[" + "0,".repeat(64) + "0]"),
            "manifest.containers",
            Code.TOO_MANY_CONTAINERS,
            "A pod may have 64 containers, this has 65."),
        Arguments.of(
            Requests.withManifest("\"vars\":{" + numbered(1025) + "}"),
            "manifest.vars",
            Code.TOO_MANY_VARIABLES,
            "\"vars\" may have 1024 entries, this has 1025."),
        Arguments.of(
            Requests.withManifest("\"vars\":{\"A\":{\"value\":\"\",\"encoding\":\"rot13\"}}"),
            "manifest.vars.A.encoding",
            Code.NOT_ALLOWED,
            "\"encoding\" must be \"private:sha256\", or be left out."),
        Arguments.of(
            Requests.withContainer("\"id\":\"a/../b\""),
            "manifest.containers.0.id",
            Code.INVALID_CONTAINER_ID,
            "A container's id must be 1 to 63 letters, digits, \"_\", \".\" or \"-\" and begin"
                + " with a letter or digit."),
        Arguments.of(
            Requests.withContainer("\"image\":\"NGINX\""),
            "manifest.containers.0.image",
            Code.INVALID_IMAGE,
            "This is no image: write [registry/]name[:tag][@sha256:digest]."),
        Arguments.of(
            Requests.withContainer("\"workdir\":\"" + nul + "\""),
            "manifest.containers.0",
            Code.UNUSABLE_TEXT,
            "A process cannot be given the character U+0000: remove it."),
        Arguments.of(
            Requests.withContainer("\"command\":[\"" + nul + "\"]"),
            "manifest.containers.0",
            Code.UNUSABLE_TEXT,
            "A process cannot be given the character U+0000: remove it."),
        Arguments.of(
            Requests.withManifest("\"vars\":{\"A\":{\"value\":\"" + nul + "\"}}"),
            "manifest.vars.A.value",
            Code.UNUSABLE_TEXT,
            "A process cannot be given the character U+0000: remove it."),
        Arguments.of(
            Requests.withEnvironment("\"A=B\":\"\"", "", ""),
            "manifest.containers.0.environment",
            Code.UNUSABLE_TEXT,
            "An environment variable needs a name without \"=\", and no U+0000 anywhere."),
        Arguments.of(
            Requests.withManifest("\"name\":\"\\ud83d\""),
            "manifest",
            Code.UNPAIRED_SURROGATE,
            "There is half a surrogate pair in this text (an emoji cut in two?): such a manifest"
                + " shares its hash with others."),
        Arguments.of(
            Requests.withManifest("\"name\":\"" + "x".repeat(122_880) + "\""),
            "manifest",
            Code.TOO_LARGE_FOR_ENVIRONMENT,
            "The manifest has 123021 bytes; a process can be given at most 122880 in"
                + " CODIUS_MANIFEST. Move large values into the image."));
  }

  @Test
  void reportsEverythingAtOnce() {
    byte[] json =
        Requests.bytes(
            "{\"manifest\":{\"name\":1,\"containers\":[{\"id\":\"a\"},{\"image\":2}],\"x\":1},"
                + "\"private\":{\"y\":1},\"z\":1}");

    assertThat(refusal(json, Rules.HOST).violations())
        .extracting(violation -> violation.path() + " " + violation.code())
        .containsExactly(
            "manifest.name WRONG_TYPE",
            "manifest.version MISSING",
            "manifest.containers.0.image MISSING",
            "manifest.containers.1.id MISSING",
            "manifest.containers.1.image WRONG_TYPE",
            "manifest UNKNOWN_PROPERTY",
            "private UNKNOWN_PROPERTY",
            " UNKNOWN_PROPERTY");
  }

  @Test
  void answersAsTheRecordedHost() {
    assertThat(Vectors.text("10.040-post-bad-empty-object.txt"))
        .endsWith(
            "\"message\":\"" + refusal(Requests.bytes("{}"), Rules.HOST).getMessage() + "\"}");
    assertThat(Vectors.text("10.066-post-bad-json.txt"))
        .endsWith(
            "\"message\":\""
                + refusal(Requests.bytes("{\"manifest\":"), Rules.HOST).getMessage()
                + "\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "nul",
        "{} {}",
        "{\"a\":1,}",
        "[1,]",
        "{a:1}",
        "'a'",
        "01",
        "+1",
        ".5",
        "1.",
        "-",
        "NaN",
        "Infinity",
        "\"\u0001\"",
        "\"\\x\"",
        "\"\\u12\"",
        "// c\n1",
        "\u00a01",
        "\uFEFF{}",
        "\u0000{}",
        "{\u0000}"
      })
  void refusesWhatJsonParseRefuses(String json) {
    InvalidManifestException refusal = refusal(Requests.bytes(json), Rules.GENERATED);

    assertThat(refusal.kind()).isEqualTo(SYNTAX);
    assertThat(refusal.violations()).extracting(Violation::code).containsExactly(Code.NOT_JSON);
  }

  @Test
  void saysWhereJsonEnds() {
    assertThat(only(Requests.bytes("{\n  \"a\": s3cret\n}"), Rules.HOST).help())
        .isEqualTo("This is not JSON: look at line 2, column 8.");
  }

  @Test
  void refusesTextThatIsNotUtf8() {
    byte[] overlong = {'"', (byte) 0xC0, (byte) 0x80, '"'};
    byte[] surrogate = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'};
    byte[] utf16 = {(byte) 0xFE, (byte) 0xFF, 0, '1'};

    for (byte[] json : new byte[][] {overlong, surrogate, utf16}) {
      assertThat(only(json, Rules.HOST).code()).isEqualTo(Code.NOT_UTF8);
    }
  }

  @Test
  void refusesWhatIsTooLargeOrTooDeepToRead() {
    Violation large = only(new byte[(1 << 20) + 1], Rules.HOST);
    assertThat(large.code()).isEqualTo(Code.TOO_LARGE);
    assertThat(large.help()).isEqualTo("The document has 1048577 bytes; at most 1048576 are read.");
    assertThat(only(Requests.bytes("[".repeat(1001)), Rules.HOST).code()).isEqualTo(Code.TOO_DEEP);
    assertThatCode(() -> CanonicalJson.of(Requests.bytes("[".repeat(1000) + "]".repeat(1000))))
        .doesNotThrowAnyException();
  }

  @Test
  void generatedRulesRefuseWhatNoProcessCanBeGiven() {
    String large = "x".repeat(122_881);
    String hash = new PrivateVariable("n", large).hash();
    byte[] json =
        Requests.withEnvironment(
            "\"A\":\"$S\"",
            "\"vars\":{\"S\":{\"encoding\":\"private:sha256\",\"value\":\"" + hash + "\"}}",
            "\"private\":{\"vars\":{\"S\":{\"nonce\":\"n\",\"value\":\"" + large + "\"}}}");

    Violation violation = only(json, Rules.GENERATED);

    assertThat(violation.path()).isEqualTo("private.S");
    assertThat(violation.code()).isEqualTo(Code.TOO_LARGE_FOR_ENVIRONMENT);
  }

  @Test
  void aFloodOfViolationsIsCutOff() {
    StringBuilder flood = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      flood.append(",\"x").append(i).append("\":0");
    }

    InvalidManifestException refusal =
        refusal(Requests.withManifest(flood.substring(1)), Rules.GENERATED);

    assertThat(refusal.violations()).hasSize(1001);
    assertThat(refusal.violations().get(1000).code()).isEqualTo(Code.TOO_MANY_VIOLATIONS);
  }

  @Test
  void noPrivateValueIsEverShown() {
    byte[] json =
        Requests.withEnvironment(
            "\"A\":\"$S\"",
            "\"vars\":{\"S\":{\"encoding\":\"private:sha256\",\"value\":\"h\"}}",
            "\"private\":{\"vars\":{\"S\":{\"nonce\":\"n0nce\",\"value\":\"s3cret\"}}}");

    PodRequest request = ManifestParser.parseRequest(json);
    InvalidManifestException refusal = refusal(json, Rules.GENERATED);

    assertThat(refusal.kind()).isEqualTo(INTERPOLATION);
    assertThat(
            refusal.violations().toString()
                + refusal
                + request
                + request.privateVariables().find("S"))
        .doesNotContain("s3cret", "n0nce");
  }

  @Test
  void kindTellsTheThreeStepsApart() {
    assertThat(refusal(Requests.bytes("{"), Rules.HOST).kind()).isEqualTo(SYNTAX);
    assertThat(refusal(Requests.bytes("{}"), Rules.HOST).kind()).isEqualTo(SCHEMA);
    assertThat(refusal(Requests.withEnvironment("\"A\":\"$B\"", "", ""), Rules.GENERATED).kind())
        .isEqualTo(INTERPOLATION);
  }

  private static String numbered(int count) {
    StringBuilder members = new StringBuilder();
    for (int i = 0; i < count; i++) {
      members.append(i == 0 ? "" : ",").append("\"v").append(i).append("\":{\"value\":\"\"}");
    }
    return members.toString();
  }

  private static Violation only(byte[] json, Rules rules) {
    InvalidManifestException refusal = refusal(json, rules);
    assertThat(refusal.violations()).hasSize(1);
    return refusal.violations().get(0);
  }

  private static InvalidManifestException refusal(byte[] json, Rules rules) {
    return catchThrowableOfType(
        InvalidManifestException.class, () -> ManifestParser.parseRequest(json, rules));
  }
}
