package org.codius.hyper.cri;

import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.cri.v1.ImageServiceGrpc;
import org.codius.hyper.cri.v1.ImageServiceGrpc.ImageServiceBlockingStub;
import org.codius.hyper.cri.v1.RuntimeServiceGrpc;
import org.codius.hyper.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;

/**
 * The runtime's calls, each with a deadline. They block.
 *
 * <p>A runtime that is away is waited for until the deadline, so that its restart is a delay and no
 * failure; past it the status is UNAVAILABLE, not DEADLINE_EXCEEDED. Safe for use by several
 * threads.
 */
final class CriClient implements AutoCloseable {

  private static final Duration INITIALIZATION = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int MOST_MESSAGE_BYTES = 16 << 20;

  private final ManagedChannel channel;
  private final RuntimeServiceBlockingStub runtime;
  private final ImageServiceBlockingStub images;

  CriClient(Path socket) {
    this.channel =
        Grpc.newChannelBuilder("unix://" + socket, InsecureChannelCredentials.create())
            .maxInboundMessageSize(MOST_MESSAGE_BYTES)
            .build();
    this.runtime = RuntimeServiceGrpc.newBlockingStub(channel).withWaitForReady();
    this.images = ImageServiceGrpc.newBlockingStub(channel).withWaitForReady();
  }

  Cri.VersionResponse version(Duration timeout) {
    return call(() -> runtime(timeout).version(Cri.VersionRequest.getDefaultInstance()));
  }

  /** Returns what the runtime says is not ready yet; empty if all is. */
  List<String> unreadyConditions(Duration timeout) {
    return call(() -> runtime(timeout).status(Cri.Empty.getDefaultInstance()))
        .getStatus()
        .getConditionsList()
        .stream()
        .filter(condition -> !condition.getStatus())
        .map(condition -> condition.getType() + ": " + condition.getMessage())
        .toList();
  }

  boolean hasImage(String image, Duration timeout) {
    Cri.ImageStatusRequest request =
        Cri.ImageStatusRequest.newBuilder().setImage(imageSpec(image)).build();
    return call(() -> images(timeout).imageStatus(request)).hasImage();
  }

  void pullImage(String image, Duration timeout) {
    Cri.PullImageRequest request =
        Cri.PullImageRequest.newBuilder().setImage(imageSpec(image)).build();
    Cri.PullImageResponse unused = call(() -> images(timeout).pullImage(request));
  }

  String runSandbox(Cri.PodSandboxConfig config, String handler, Duration timeout) {
    Cri.RunPodSandboxRequest request =
        Cri.RunPodSandboxRequest.newBuilder().setConfig(config).setRuntimeHandler(handler).build();
    return call(() -> runtime(timeout).runPodSandbox(request)).getPodSandboxId();
  }

  /** Stops a sandbox with all its containers. None of that id is fine. */
  void stopSandbox(String id, Duration timeout) {
    order(() -> runtime(timeout).stopPodSandbox(byId(id)));
  }

  /** Stops a sandbox with all its containers and removes it. None of that id is fine. */
  void removeSandbox(String id, Duration timeout) {
    stopSandbox(id, timeout);
    order(() -> runtime(timeout).removePodSandbox(byId(id)));
  }

  Cri.PodSandboxStatus sandboxStatus(String id, Duration timeout) {
    return call(() -> runtime(timeout).podSandboxStatus(byId(id))).getStatus();
  }

  List<Cri.PodSandbox> sandboxes(Map<String, String> labels, Duration timeout) {
    Cri.ListPodSandboxRequest request =
        Cri.ListPodSandboxRequest.newBuilder()
            .setFilter(Cri.PodSandboxFilter.newBuilder().putAllLabelSelector(labels))
            .build();
    return call(() -> runtime(timeout).listPodSandbox(request)).getItemsList();
  }

  String createContainer(Cri.CreateContainerRequest request, Duration timeout) {
    return call(() -> runtime(timeout).createContainer(request)).getContainerId();
  }

  void startContainer(String id, Duration timeout) {
    order(() -> runtime(timeout).startContainer(byId(id)));
  }

  List<Cri.Container> containers(Map<String, String> labels, Duration timeout) {
    Cri.ListContainersRequest request =
        Cri.ListContainersRequest.newBuilder()
            .setFilter(Cri.ContainerFilter.newBuilder().putAllLabelSelector(labels))
            .build();
    return call(() -> runtime(timeout).listContainers(request)).getContainersList();
  }

  Cri.ContainerStatus containerStatus(String id, Duration timeout) {
    return call(() -> runtime(timeout).containerStatus(byId(id))).getStatus();
  }

  /** Makes the runtime write to a new log file, after the old one was renamed. */
  void reopenLog(String id, Duration timeout) {
    order(() -> runtime(timeout).reopenContainerLog(byId(id)));
  }

  /** Tries to connect again now if the last try failed: left alone, the pauses grow to minutes. */
  void hurry() {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }

  private <T> T call(Supplier<T> call) {
    long deadline = System.nanoTime() + INITIALIZATION.toNanos();
    while (true) {
      try {
        return call.get();
      } catch (StatusRuntimeException e) {
        if (isInitializing(e) && System.nanoTime() < deadline) {
          pause();
          continue;
        }
        throw isWithoutConnection(e)
            ? Status.UNAVAILABLE.withDescription("no connection").withCause(e).asRuntimeException()
            : e;
      }
    }
  }

  /** A containerd takes orders a moment before it has read its pods, and refuses them. */
  private static boolean isInitializing(StatusRuntimeException e) {
    return String.valueOf(e.getStatus().getDescription()).contains("server is not initialized");
  }

  private boolean isWithoutConnection(StatusRuntimeException e) {
    return e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
        && channel.getState(false) != ConnectivityState.READY;
  }

  private static void pause() {
    try {
      Thread.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asRuntimeException();
    }
  }

  private void order(Supplier<Cri.Empty> call) {
    Cri.Empty unused = call(call);
  }

  private RuntimeServiceBlockingStub runtime(Duration timeout) {
    return runtime.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private ImageServiceBlockingStub images(Duration timeout) {
    return images.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Cri.ById byId(String id) {
    return Cri.ById.newBuilder().setId(id).build();
  }

  private static Cri.ImageSpec imageSpec(String image) {
    return Cri.ImageSpec.newBuilder().setImage(image).build();
  }
}
