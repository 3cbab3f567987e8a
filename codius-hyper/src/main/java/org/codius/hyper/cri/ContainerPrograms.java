package org.codius.hyper.cri;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.codius.hyper.ExecResult;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.cri.v1.Cri;

/** Runs programs in containers that run already. Blocks. */
final class ContainerPrograms {

  /** What the runtime takes for itself, beyond the program's own time. */
  private static final Duration ALLOWANCE = Duration.ofSeconds(5);

  private final CriClient client;
  private final PodView view;

  ContainerPrograms(CriClient client, PodView view) {
    this.client = client;
    this.view = view;
  }

  ExecResult run(PodId id, String container, List<String> command, Duration timeout) {
    String action = "run a program in container " + container + " of pod " + id;
    Cri.Container running =
        view.containers(id).stream()
            .filter(each -> PodView.nameOf(each).equals(container))
            .filter(each -> each.getState() == Cri.ContainerState.CONTAINER_RUNNING)
            .findFirst()
            .orElseThrow(
                () ->
                    new PodDriverException(
                        Reason.NO_SUCH_POD, action + ": no such container runs"));
    try {
      Cri.ExecSyncResponse response =
          client.exec(running.getId(), command, timeout, timeout.plus(ALLOWANCE));
      return new ExecResult(
          response.getExitCode(), text(response.getStdout()), text(response.getStderr()));
    } catch (StatusRuntimeException e) {
      throw CriErrors.onExec(action, e);
    }
  }

  private static String text(ByteString output) {
    return output
        .substring(0, Math.min(output.size(), ExecResult.MAX_OUTPUT_BYTES))
        .toString(StandardCharsets.UTF_8);
  }
}
