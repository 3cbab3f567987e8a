package org.codius.daemon.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists what is banned. */
@Command(name = "bans", mixinStandardHelpOptions = true, description = "List what is banned.")
final class BansCommand implements Callable<Integer> {

  @Mixin private AdminOptions host = new AdminOptions();

  @Override
  public Integer call() {
    return host.run("GET", "/bans");
  }
}
