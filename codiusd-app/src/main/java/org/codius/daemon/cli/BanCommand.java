package org.codius.daemon.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Refuses uploads. */
@Command(
    name = "ban",
    mixinStandardHelpOptions = true,
    description = {
      "Refuse uploads of an image, of a manifest, or from a registry.",
      "",
      "Pods that run go on: see codiusd suspend and codiusd remove."
    },
    footerHeading = "%nExample:%n",
    footer = "  codiusd ban registry ghcr.io --reason 'not before it is mirrored'")
final class BanCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Parameters(index = "0", paramLabel = "KIND", description = "image, manifest or registry.")
  private String kind = "";

  @Parameters(
      index = "1",
      paramLabel = "VALUE",
      description = "An image's digest (sha256:...), a manifest's hash, or a registry's name.")
  private String value = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "What those are told who upload it.")
  private String reason = "";

  @Override
  public Integer call() {
    ObjectNode body = AdminOptions.body();
    body.put("kind", kind).put("value", value).put("reason", reason);
    return host.run("PUT", "/bans", body);
  }
}
