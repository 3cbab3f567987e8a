package org.codius.hyper.cri;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.cri.v1.RuntimeServiceGrpc;
import org.codius.hyper.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;

/** The calls of the runtime service. They block. Safe for use by several threads. */
final class CriClient implements AutoCloseable {

  private final CriChannel channel;
  private final RuntimeServiceBlockingStub stub;
  private final CriImages images;
  private final Snapshots snapshots;

  CriClient(Path socket) {
    this.channel = new CriChannel(socket);
    this.stub = channel.stub(RuntimeServiceGrpc::newBlockingStub);
    this.images = new CriImages(channel);
    this.snapshots = new Snapshots(channel);
  }

  CriImages images() {
    return images;
  }

  Snapshots snapshots() {
    return snapshots;
  }

  Cri.VersionResponse version(Duration timeout) {
    return channel.call(() -> stub(timeout).version(Cri.VersionRequest.getDefaultInstance()));
  }

  /** Returns what the runtime says is not ready yet; empty if all is. */
  List<String> unreadyConditions(Duration timeout) {
    return channel
        .call(() -> stub(timeout).status(Cri.StatusRequest.getDefaultInstance()))
        .getStatus()
        .getConditionsList()
        .stream()
        .filter(condition -> !condition.getStatus())
        .map(condition -> condition.getType() + ": " + condition.getMessage())
        .toList();
  }

  /** Returns what the runtime tells about itself, in formats of its own. */
  Map<String, String> info(Duration timeout) {
    Cri.StatusRequest request = Cri.StatusRequest.newBuilder().setVerbose(true).build();
    return channel.call(() -> stub(timeout).status(request)).getInfoMap();
  }

  String runSandbox(Cri.PodSandboxConfig config, String handler, Duration timeout) {
    Cri.RunPodSandboxRequest request =
        Cri.RunPodSandboxRequest.newBuilder().setConfig(config).setRuntimeHandler(handler).build();
    return channel.call(() -> stub(timeout).runPodSandbox(request)).getPodSandboxId();
  }

  /** Stops a sandbox with all its containers. None of that id is fine. */
  void stopSandbox(String id, Duration timeout) {
    channel.order(() -> stub(timeout).stopPodSandbox(byId(id)));
  }

  /** Stops a sandbox with all its containers and removes it. None of that id is fine. */
  void removeSandbox(String id, Duration timeout) {
    stopSandbox(id, timeout);
    channel.order(() -> stub(timeout).removePodSandbox(byId(id)));
  }

  Cri.PodSandboxStatus sandboxStatus(String id, Duration timeout) {
    return channel.call(() -> stub(timeout).podSandboxStatus(byId(id))).getStatus();
  }

  List<Cri.PodSandbox> sandboxes(Map<String, String> labels, Duration timeout) {
    Cri.ListPodSandboxRequest request =
        Cri.ListPodSandboxRequest.newBuilder()
            .setFilter(Cri.PodSandboxFilter.newBuilder().putAllLabelSelector(labels))
            .build();
    return channel.call(() -> stub(timeout).listPodSandbox(request)).getItemsList();
  }

  String createContainer(Cri.CreateContainerRequest request, Duration timeout) {
    return channel.call(() -> stub(timeout).createContainer(request)).getContainerId();
  }

  void startContainer(String id, Duration timeout) {
    channel.order(() -> stub(timeout).startContainer(byId(id)));
  }

  /** Kills a container. One that has ended already is fine. */
  void killContainer(String id, Duration timeout) {
    Cri.StopContainerRequest request =
        Cri.StopContainerRequest.newBuilder().setContainerId(id).build();
    channel.order(() -> stub(timeout).stopContainer(request));
  }

  /** Removes a container. None of that id is fine. */
  void removeContainer(String id, Duration timeout) {
    channel.order(() -> stub(timeout).removeContainer(byId(id)));
  }

  List<Cri.Container> containers(Map<String, String> labels, Duration timeout) {
    Cri.ListContainersRequest request =
        Cri.ListContainersRequest.newBuilder()
            .setFilter(Cri.ContainerFilter.newBuilder().putAllLabelSelector(labels))
            .build();
    return channel.call(() -> stub(timeout).listContainers(request)).getContainersList();
  }

  Cri.ContainerStatus containerStatus(String id, Duration timeout) {
    return channel.call(() -> stub(timeout).containerStatus(byId(id))).getStatus();
  }

  Cri.ContainerStats containerStats(String id, Duration timeout) {
    return channel.call(() -> stub(timeout).containerStats(byId(id))).getStats();
  }

  /** Runs a program in a container to its end. The runtime kills it when its time is up. */
  Cri.ExecSyncResponse exec(
      String id, List<String> command, Duration programTimeout, Duration timeout) {
    Cri.ExecSyncRequest request =
        Cri.ExecSyncRequest.newBuilder()
            .setContainerId(id)
            .addAllCmd(command)
            .setTimeout(Math.max(1, programTimeout.plusMillis(999).toSeconds()))
            .build();
    return channel.call(() -> stub(timeout).execSync(request));
  }

  /** Makes the runtime write to a new log file, after the old one was renamed. */
  void reopenLog(String id, Duration timeout) {
    channel.order(() -> stub(timeout).reopenContainerLog(byId(id)));
  }

  /** See {@link CriChannel#onBreak}. */
  void onBreak(Runnable listener) {
    channel.onBreak(listener);
  }

  /** See {@link CriChannel#hurry}. */
  void hurry() {
    channel.hurry();
  }

  @Override
  public void close() {
    channel.close();
  }

  private RuntimeServiceBlockingStub stub(Duration timeout) {
    return CriChannel.within(timeout, stub);
  }

  private static Cri.ById byId(String id) {
    return Cri.ById.newBuilder().setId(id).build();
  }
}
