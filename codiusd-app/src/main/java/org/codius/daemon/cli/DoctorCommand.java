package org.codius.daemon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Tells what keeps this machine from being a host. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Look at everything a host needs, and say what to do.",
      "",
      "Goes by the configuration as it is. As root it tries each runtime that it has not yet tried",
      "with a pod of its own, and notes what came of it; and it applies the pods' firewall to a few",
      "namespaces, for a second. If the host does not run, its port is opened for a moment, to see",
      "whether strangers would get there. Nothing else is changed, and nothing of that is left.",
      "Exit code 1 if something keeps a host from working."
    })
final class DoctorCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Mixin private HostOptions host = new HostOptions();

  @Option(names = "--json", description = "Print the findings as a JSON array.")
  private boolean isJson;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws JsonProcessingException {
    PrintWriter out = spec.commandLine().getOut();
    List<Finding> findings;
    try (EndSignal end = new EndSignal();
        Progress progress = new Progress(spec.commandLine().getErr())) {
      findings = new Checkup(progress).run(host);
      if (end.isThere()) {
        return EndSignal.EXIT_CODE; // what was broken off found nothing
      }
    }
    if (isJson) {
      out.println(JSON.writeValueAsString(findings));
    } else {
      findings.forEach(finding -> print(out, finding));
    }
    out.flush();
    boolean isWell =
        findings.stream().noneMatch(finding -> finding.verdict() == Finding.Verdict.PROBLEM);
    return isWell ? Codiusd.OK : Codiusd.FAILED;
  }

  private static void print(PrintWriter out, Finding finding) {
    String verdict = finding.verdict().name().toLowerCase(Locale.ROOT);
    out.printf("%-8s %-14s %s%n", verdict, finding.check(), finding.evidence());
    if (!finding.next().isEmpty()) {
      out.printf("%-8s %-14s -> %s%n", "", "", finding.next());
    }
  }
}
