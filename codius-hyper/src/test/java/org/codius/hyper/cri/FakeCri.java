package org.codius.hyper.cri;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.codius.hyper.PodId;
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.cri.v1.RuntimeServiceGrpc;

/** A runtime that answers as it is told, at moments that a real one cannot be made to meet. */
final class FakeCri extends RuntimeServiceGrpc.RuntimeServiceImplBase implements AutoCloseable {

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Server server;
  private final Map<String, Cri.PodSandbox> sandboxes = new ConcurrentHashMap<>();
  private final Map<String, Cri.Container> containers = new ConcurrentHashMap<>();
  private final List<Integer> execTimeouts = new ArrayList<>();

  /** Is done after the next list of containers was made. */
  private Runnable afterNextList = () -> {};

  FakeCri(Path socket) throws IOException {
    this.server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioServerDomainSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .directExecutor()
            .addService(this)
            .build()
            .start();
  }

  void addSandbox(String id, Map<String, String> labels) {
    sandboxes.put(
        id,
        Cri.PodSandbox.newBuilder()
            .setId(id)
            .setState(Cri.PodSandboxState.SANDBOX_READY)
            .putAllLabels(labels)
            .build());
  }

  void addContainer(String id, String sandbox, PodId pod, int attempt) {
    containers.put(
        id,
        Cri.Container.newBuilder()
            .setId(id)
            .setPodSandboxId(sandbox)
            .setMetadata(Cri.ContainerMetadata.newBuilder().setName("main").setAttempt(attempt))
            .setState(Cri.ContainerState.CONTAINER_RUNNING)
            .putAllLabels(PodConfigs.labels(pod))
            .build());
  }

  void removeContainer(String id) {
    containers.remove(id);
  }

  void removeSandbox(String id) {
    sandboxes.remove(id);
  }

  void afterNextList(Runnable event) {
    afterNextList = event;
  }

  List<Integer> execTimeouts() {
    return execTimeouts;
  }

  @Override
  public void listPodSandbox(
      Cri.ListPodSandboxRequest request, StreamObserver<Cri.ListPodSandboxResponse> answer) {
    Map<String, String> wanted = request.getFilter().getLabelSelectorMap();
    Cri.ListPodSandboxResponse.Builder found = Cri.ListPodSandboxResponse.newBuilder();
    sandboxes.values().stream()
        .filter(one -> one.getLabelsMap().entrySet().containsAll(wanted.entrySet()))
        .forEach(found::addItems);
    answer(answer, found.build());
  }

  @Override
  public void listContainers(
      Cri.ListContainersRequest request, StreamObserver<Cri.ListContainersResponse> answer) {
    Cri.ListContainersResponse found =
        Cri.ListContainersResponse.newBuilder().addAllContainers(containers.values()).build();
    Runnable event = afterNextList;
    afterNextList = () -> {};
    event.run();
    answer(answer, found);
  }

  @Override
  public void containerStatus(
      Cri.ById request, StreamObserver<Cri.ContainerStatusResponse> answer) {
    Cri.Container container = containers.get(request.getId());
    if (container == null) {
      answer.onError(Status.NOT_FOUND.asRuntimeException());
      return;
    }
    answer(
        answer,
        Cri.ContainerStatusResponse.newBuilder()
            .setStatus(Cri.ContainerStatus.newBuilder().setState(container.getState()))
            .build());
  }

  @Override
  public void execSync(Cri.ExecSyncRequest request, StreamObserver<Cri.ExecSyncResponse> answer) {
    execTimeouts.add((int) request.getTimeout());
    answer(answer, Cri.ExecSyncResponse.getDefaultInstance());
  }

  private static <T> void answer(StreamObserver<T> observer, T message) {
    observer.onNext(message);
    observer.onCompleted();
  }

  @Override
  public void close() {
    server.shutdownNow();
    loops.shutdownGracefully();
  }
}
