package org.codius.daemon.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Judging many documents, and the exit code of that: whether all were valid. */
final class ManifestCalls {

  private final CommandSpec command;
  private final Function<byte[], ManifestVerdict> judge;

  /** Prints what came of one file. */
  interface Printer {
    void print(Path file, ManifestVerdict verdict, PrintWriter out);
  }

  ManifestCalls(CommandSpec command, Function<byte[], ManifestVerdict> judge) {
    this.command = command;
    this.judge = judge;
  }

  int eachFile(List<Path> files, Printer printer) {
    if (files.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "FILE is missing: name one, or - for standard input");
    }
    int code = Codiusd.OK;
    PrintWriter out = command.commandLine().getOut();
    for (Path file : files) {
      ManifestVerdict verdict = judge.apply(ManifestFiles.read(file, command));
      printer.print(file, verdict, out);
      code = Math.max(code, verdict.isValid() ? Codiusd.OK : Codiusd.FAILED);
    }
    out.flush();
    return code;
  }

  /** Answers one line of JSON for each line of {@code batch}, each as soon as it is read. */
  int eachLine(Path batch, List<Path> files) {
    if (!files.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "name either files or --batch with one file, not both");
    }
    AtomicInteger code = new AtomicInteger(Codiusd.OK);
    PrintWriter out = command.commandLine().getOut();
    ManifestFiles.eachLine(
        batch,
        command,
        document -> {
          ManifestVerdict verdict = judge.apply(document);
          out.print(verdict.json() + "\n");
          out.flush();
          if (!verdict.isValid()) {
            code.set(Codiusd.FAILED);
          }
        });
    return code.get();
  }
}
