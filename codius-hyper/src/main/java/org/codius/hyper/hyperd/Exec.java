package org.codius.hyper.hyperd;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.codius.hyper.ExecResult;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;

/** Runs programs in containers. Safe for use by several threads. */
final class Exec {

  /** What the guest says of a program that is not there, with code 127. */
  private static final String NOT_RUN = "exec failed: ";

  private static final int NOT_FOUND = 127;

  private final HyperdApi api;
  private final HyperdConnection connection;

  Exec(HyperdApi api, HyperdConnection connection) {
    this.api = api;
    this.connection = connection;
  }

  CompletableFuture<ExecResult> run(
      PodId id, String container, List<String> command, Duration timeout) {
    String name = PodInfo.containerPrefix(id) + container;
    String action = "run a program in container " + container + " of pod " + id;
    return api.info(id.toString())
        .thenCompose(
            info -> {
              // hyperd would take it for one that has ended, and for a pod that is down.
              if (!isRunning(info, name)) {
                return CompletableFuture.failedFuture(
                    new PodDriverException(Reason.NO_SUCH_POD, action + ": it does not run"));
              }
              return api.createExec(name, command)
                  .thenCompose(exec -> run(name, exec, action, timeout));
            });
  }

  @SuppressWarnings("OptionalUsedAsFieldOrParameterType") // from a stage
  private static boolean isRunning(Optional<PodInfo> info, String container) {
    return info.map(PodInfo::containers).orElse(List.of()).stream()
        .anyMatch(one -> one.name().equals(container) && one.isRunning());
  }

  private CompletableFuture<ExecResult> run(
      String container, String exec, String action, Duration timeout) {
    HyperdRequest request = api.startExec(container, exec, timeout);
    CompletableFuture<ExecStream.Output> output = new CompletableFuture<>();
    connection.connect(request, connection.loop(), new ExecStream(request, output), output);
    return output.thenCompose(
        written ->
            api.execExitCode(container, exec).thenApply(code -> result(written, code, action)));
  }

  private static ExecResult result(ExecStream.Output written, int exitCode, String action) {
    if (exitCode == NOT_FOUND && written.stderr().startsWith(NOT_RUN)) {
      throw new PodDriverException(
          Reason.COMMAND_NOT_FOUND, action + ": " + written.stderr().strip());
    }
    return new ExecResult(exitCode, written.stdout(), written.stderr());
  }
}
