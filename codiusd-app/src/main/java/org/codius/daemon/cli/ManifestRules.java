package org.codius.daemon.cli;

import org.codius.manifest.Rules;
import picocli.CommandLine.Option;

/** Whose opinion on manifests counts. */
final class ManifestRules {

  /** The two named rule sets. */
  enum Name {
    HOST,
    GENERATED
  }

  @Option(
      names = "--rules",
      paramLabel = "RULES",
      defaultValue = "generated",
      description = {
        "host: what this host would say to the upload.",
        "generated: what npm codius-manifest says. Default: ${DEFAULT-VALUE}."
      })
  private Name name = Name.GENERATED;

  boolean isHost() {
    return name == Name.HOST;
  }

  Rules rules() {
    return isHost() ? Rules.HOST : Rules.GENERATED;
  }
}
