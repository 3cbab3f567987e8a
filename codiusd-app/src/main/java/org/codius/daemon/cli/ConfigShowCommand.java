package org.codius.daemon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.codius.daemon.config.DaemonConfig;
import org.codius.daemon.config.Setting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints every setting as it is in force. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Print every setting as it is in force, and where it comes from.",
      "",
      "Secrets are shown as ***. Exit code 1 if something is wrong with one of them."
    })
final class ConfigShowCommand implements Callable<Integer> {

  @Mixin private HostOptions host = new HostOptions();

  @Option(names = "--json", description = "Print a JSON array.")
  private boolean isJson;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws JsonProcessingException {
    List<Setting> settings = DaemonConfig.show(host.sources());
    PrintWriter out = spec.commandLine().getOut();
    if (isJson) {
      out.println(new ObjectMapper().writeValueAsString(settings));
    } else {
      int keys = settings.stream().mapToInt(setting -> setting.key().length()).max().orElse(1);
      int values = settings.stream().mapToInt(setting -> setting.value().length()).max().orElse(1);
      String format = "%-" + keys + "s  %-" + Math.min(Math.max(values, 1), 40) + "s  %s%n";
      settings.forEach(
          setting -> out.printf(format, setting.key(), setting.value(), setting.origin()));
    }
    out.flush();
    host.config().failIfPublicPlayMoney();
    return Codiusd.OK;
  }
}
