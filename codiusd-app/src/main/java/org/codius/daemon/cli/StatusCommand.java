package org.codius.daemon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells how a pod is. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Tell how a pod is: its state, its time left, its containers.",
    footerHeading = "%nExample:%n",
    footer = "  codiusd status codius.json --host https://codius.example.com")
final class StatusCommand implements Callable<Integer> {

  @Mixin private OwnedPodOptions options = new OwnedPodOptions();

  @Option(names = "--json", description = "Print what the host answers.")
  private boolean isJson;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    JsonNode status = options.pod().status();
    if (isJson) {
      spec.commandLine().getOut().println(status);
      return Codiusd.OK;
    }
    Report report =
        new Report()
            .add("Manifest hash", "manifestHash", text(status, "manifestHash"))
            .add("State", "state", text(status, "state"))
            .add("Expires", "expiry", text(status, "expiry"))
            .add("Seconds left", "secondsLeft", text(status, "secondsLeft"))
            .add("Restarts", "restarts", text(status, "restarts"));
    for (JsonNode container : status.path("containers")) {
      report.add(
          "Container " + text(container, "id"),
          "container " + text(container, "id"),
          line(container));
    }
    for (JsonNode warning : status.path("warnings")) {
      report.add("Warning", "warning", text(warning, "code") + ": " + text(warning, "message"));
    }
    report.print(spec.commandLine().getOut(), false);
    return Codiusd.OK;
  }

  private static String line(JsonNode container) {
    StringBuilder line = new StringBuilder();
    line.append(container.path("running").asBoolean() ? "runs" : "does not run");
    if (container.has("exitCode")) {
      line.append(", ended with ").append(text(container, "exitCode"));
    }
    if (container.has("lastExit")) {
      line.append(", before with ").append(text(container, "lastExit"));
    }
    return line.append(", ").append(text(container, "image")).toString();
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asText();
  }
}
