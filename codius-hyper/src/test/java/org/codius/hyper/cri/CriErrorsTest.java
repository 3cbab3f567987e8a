package org.codius.hyper.cri;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.junit.jupiter.api.Test;

/** On sentences of containerd 1.6.20 and runc 1.1.5. */
class CriErrorsTest {

  @Test
  void aMissingProgramIsNamed() {
    PodDriverException byName =
        CriErrors.onStart(
            "web",
            "app",
            unknown(
                "failed to create containerd task: failed to create shim task: OCI runtime create"
                    + " failed: runc create failed: unable to start container process: exec:"
                    + " \"nonesuch\": executable file not found in $PATH: unknown"));
    PodDriverException byPath =
        CriErrors.onStart(
            "web",
            "app",
            unknown(
                "OCI runtime create failed: runc create failed: unable to start container process:"
                    + " exec: \"/no/such\": stat /no/such: no such file or directory: unknown"));

    assertThat(byName.reason()).isEqualTo(Reason.COMMAND_NOT_FOUND);
    assertThat(byName).hasMessage("start container web: image app does not have \"nonesuch\"");
    assertThat(byPath.reason()).isEqualTo(Reason.COMMAND_NOT_FOUND);
    assertThat(byPath).hasMessage("start container web: image app does not have \"/no/such\"");
  }

  @Test
  void aRegistryThatRefusesIsToldFromOneThatIsAway() {
    assertThat(
            CriErrors.onPull(
                    "app",
                    unknown(
                        "failed to resolve reference \"docker.io/library/app:x\": pull access"
                            + " denied, repository does not exist or may require authorization:"
                            + " server message: insufficient_scope: authorization failed"))
                .reason())
        .isEqualTo(Reason.IMAGE_NOT_FOUND);
    assertThat(
            CriErrors.onPull(
                    "app",
                    unknown(
                        "failed to do request: Head \"https://r.example/v2/app/manifests/x\": dial"
                            + " tcp: lookup r.example: no such host"))
                .reason())
        .isEqualTo(Reason.IMAGE_PULL_FAILED);
    assertThat(CriErrors.onPull("app", new StatusRuntimeException(Status.DEADLINE_EXCEEDED)))
        .extracting(PodDriverException::reason)
        .isEqualTo(Reason.TIMEOUT);
  }

  @Test
  void aRuntimeThatIsAwayIsSaidToBe() {
    PodDriverException failure =
        CriErrors.of(
            "list pods", Reason.START_FAILED, new StatusRuntimeException(Status.UNAVAILABLE));

    assertThat(failure.reason()).isEqualTo(Reason.RUNTIME_UNAVAILABLE);
    assertThat(failure).hasMessage("list pods: the runtime does not answer");
  }

  private static StatusRuntimeException unknown(String words) {
    return Status.UNKNOWN.withDescription(words).asRuntimeException();
  }
}
