package org.codius.daemon.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a ban back. */
@Command(name = "unban", mixinStandardHelpOptions = true, description = "Take a ban back.")
final class UnbanCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Parameters(index = "0", paramLabel = "KIND", description = "image, manifest or registry.")
  private String kind = "";

  @Parameters(
      index = "1",
      paramLabel = "VALUE",
      description = "An image's digest (sha256:...), a manifest's hash, or a registry's name.")
  private String value = "";

  @Override
  public Integer call() {
    ObjectNode body = AdminOptions.body();
    body.put("kind", kind).put("value", value);
    return host.run("DELETE", "/bans", body);
  }
}
