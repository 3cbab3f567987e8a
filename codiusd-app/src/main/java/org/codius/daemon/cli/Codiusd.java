package org.codius.daemon.cli;

import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.List;
import java.util.concurrent.Callable;
import org.codius.daemon.StartException;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.config.InvalidConfigException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program: finds the command its arguments name, runs it and tells how it went. */
@Command(
    name = "codiusd",
    versionProvider = Codiusd.Version.class,
    mixinStandardHelpOptions = true,
    synopsisHeading = "",
    customSynopsis = {
      "codiusd sells time on pods (small groups of containers) for Interledger",
      "payments. It also buys it.",
      "",
      "Usage: codiusd [serve]             be a host, as CODIUS_* variables set it up",
      "       codiusd COMMAND [OPTIONS]   do something else",
    },
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nFirst steps, on Linux as root:%n",
    footer = {
      "  codiusd demo      see a pod being bought and run, on this machine alone",
      "  codiusd doctor    what this machine lacks to be a host",
      "  codiusd           be a host: http://localhost:3000, with play money",
      "  codiusd upload codius.json --duration 1h --max-price 0.1",
      "",
      "Exit code 0: done. 1: it failed; stderr says why, and what to do. 2: wrong",
      "arguments. stdout carries a command's result and nothing else.",
      "'codiusd COMMAND --help' tells more.",
    })
public final class Codiusd implements Callable<Integer> {

  private static final String SERVE = "serve";

  static final int OK = 0;
  static final int FAILED = 1;
  static final int WRONG_ARGUMENTS = 2;

  /** In the order that the help lists them in. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          ServeCommand.class,
          DemoCommand.class,
          DoctorCommand.class,
          QuoteCommand.class,
          UploadCommand.class,
          ExtendCommand.class,
          StatusCommand.class,
          LogsCommand.class,
          SurrenderCommand.class,
          ReceiptCommand.class,
          PodsCommand.class,
          InspectCommand.class,
          SuspendCommand.class,
          ResumeCommand.class,
          RemoveCommand.class,
          BanCommand.class,
          UnbanCommand.class,
          BansCommand.class,
          PriceCommand.class,
          DrainCommand.class,
          MetricsCommand.class,
          LedgerCommand.class,
          RefundCommand.class,
          ConfigCommand.class,
          BackupCommand.class,
          RestoreCommand.class,
          ManifestCommand.class);

  @Spec private CommandSpec spec = CommandSpec.create();

  public static void main(String[] arguments) {
    System.exit(commandLine(needed(arguments)).execute(arguments));
  }

  /**
   * Returns the command that {@code arguments} name, or all of them if they name none, for help and
   * suggestions. To set all of them up takes a third of a second.
   */
  private static List<Class<?>> needed(String[] arguments) {
    String name = arguments.length == 0 ? SERVE : arguments[0];
    return COMMANDS.stream()
        .filter(command -> command.getAnnotation(Command.class).name().equals(name))
        .<List<Class<?>>>map(List::of)
        .findFirst()
        .orElse(COMMANDS);
  }

  /** Without a command: {@code serve}. */
  @Override
  public Integer call() {
    return spec.commandLine().execute(SERVE);
  }

  static CommandLine commandLine() {
    return commandLine(COMMANDS);
  }

  private static CommandLine commandLine(List<Class<?>> commands) {
    CommandLine commandLine = new CommandLine(new Codiusd());
    commands.forEach(commandLine::addSubcommand);
    commandLine.registerConverter(BigDecimal.class, new DecimalConverter());
    commandLine.setParameterExceptionHandler(Codiusd::explainArguments);
    commandLine.setExecutionExceptionHandler(
        (exception, failed, parsed) -> explain(exception, failed.getErr()));
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpAutoWidth(true);
    return commandLine;
  }

  private static int explainArguments(ParameterException exception, String[] arguments) {
    CommandLine commandLine = exception.getCommandLine();
    PrintWriter err = commandLine.getErr();
    err.println("codiusd: " + exception.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(exception, err);
    err.println("Try: " + commandLine.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return WRONG_ARGUMENTS;
  }

  private static int explain(Exception exception, PrintWriter err) {
    List<String> lines;
    if (exception instanceof StartException start) {
      lines = List.of("codiusd: " + start.getMessage(), start.help());
    } else if (exception instanceof InvalidConfigException config) {
      lines = List.of("codiusd: " + config.getMessage(), config.help());
    } else if (exception instanceof ClientException client) {
      lines = List.of("codiusd: " + client.getMessage(), client.help());
    } else {
      err.println("codiusd: this is a defect of codiusd; please report it with what follows");
      exception.printStackTrace(err);
      err.flush();
      return FAILED;
    }
    lines.stream().filter(line -> !line.isBlank()).forEach(err::println);
    err.flush();
    return FAILED;
  }

  /** Tells the version the build wrote into the jar. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      String version = Codiusd.class.getPackage().getImplementationVersion();
      return new String[] {"codiusd " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
