package org.codius.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** Random documents, read and hashed here and by npm codius-manifest 2.2.3 on Node 16. */
class NpmDifferentialIT {

  private static final int FEW = 300;
  private static final int MANY = 20_000;

  private static @Nullable NpmOracle oracle;

  @BeforeContainer
  static void start() throws Exception {
    oracle = NpmOracle.start();
  }

  @AfterContainer
  static void stop() {
    if (oracle != null) {
      oracle.close();
    }
  }

  @Property(tries = FEW, edgeCases = EdgeCasesMode.NONE)
  void hashesAnyDocumentAlike(@ForAll("documents") String document) throws Exception {
    assertSame(document);
  }

  @Property(tries = FEW, edgeCases = EdgeCasesMode.NONE)
  void judgesAnyRequestAlike(@ForAll("requests") String request) throws Exception {
    assertSame(request);
  }

  @Tag("long")
  @Property(tries = MANY, edgeCases = EdgeCasesMode.NONE)
  void hashesVeryManyDocumentsAlike(@ForAll("documents") String document) throws Exception {
    assertSame(document);
  }

  @Tag("long")
  @Property(tries = MANY, edgeCases = EdgeCasesMode.NONE)
  void judgesVeryManyRequestsAlike(@ForAll("requests") String request) throws Exception {
    assertSame(request);
  }

  @Provide
  Arbitrary<String> documents() {
    return JsonArbitraries.documents();
  }

  @Provide
  Arbitrary<String> requests() {
    return JsonArbitraries.requests();
  }

  private static void assertSame(String document) throws Exception {
    byte[] json = document.getBytes(UTF_8);

    NpmOracle.Answer theirs = requireNonNull(oracle).ask(json);

    assertThat(ManifestHash.of(json)).hasToString(theirs.hash());
    assertThat(JsonText.of(JsonReader.read(json, json.length))).isEqualTo(theirs.json());
    assertThat(errors(json)).isEqualTo(theirs.errors());
  }

  private static List<String> errors(byte[] json) {
    List<String> errors = new ArrayList<>();
    try {
      ManifestParser.parseRequest(json, Rules.GENERATED);
    } catch (InvalidManifestException e) {
      for (Violation violation : e.violations()) {
        errors.add(violation.path() + " -> " + violation.message());
      }
    }
    return errors;
  }
}
