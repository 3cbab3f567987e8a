package org.codius.hyper.cri;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.Samples;
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.cri.v1.RuntimeServiceGrpc;
import org.codius.hyper.cri.v1.RuntimeServiceGrpc.RuntimeServiceBlockingStub;

/** What the driver adds to containerd's and runc's own work, with real pods on both sides. */
public final class CriBench {

  private static final int WARM_UP = 15;
  private static final int TIMES = 60;

  private CriBench() {}

  public static void main(String... arguments) throws Exception {
    Samples ours = new Samples("containerd, run", WARM_UP + TIMES);
    Samples byHand = new Samples("containerd, the same calls by hand", WARM_UP + TIMES);
    try (TestHost host = TestHost.start();
        Hand hand = new Hand(host)) {
      for (int i = 0; i < WARM_UP + TIMES; i++) {
        if (i == WARM_UP) {
          ours = new Samples("containerd, run", TIMES);
          byHand = new Samples("containerd, the same calls by hand", TIMES);
        }
        PodSpec pod = host.pod("ours" + i, host.container("main", "exec sleep 600"));
        PodStatus status = ours.time(() -> host.run(pod));
        if (!status.isRunning()) {
          throw new IllegalStateException(status.toString());
        }
        host.get(host.driver().remove(pod.id()));

        PodSpec other =
            new PodSpec(new PodId(hand.instance(), "hand" + i), pod.containers(), pod.resources());
        hand.prepare(other);
        String sandbox = byHand.time(() -> hand.run(other));
        hand.remove(other, sandbox);
      }
    }
    System.out.println(ours);
    System.out.println(byHand);
    System.out.printf(
        "containerd, added by the driver: %.2f ms%n", ours.median() - byHand.median());
  }

  /** Makes the three calls, with nothing around them. */
  private static final class Hand implements AutoCloseable {

    private final TestHost host;
    private final PodCgroups cgroups;
    private final Path logs;
    private final ManagedChannel channel;
    private final RuntimeServiceBlockingStub runtime;

    Hand(TestHost host) {
      this.host = host;
      this.cgroups = PodCgroups.of(instance());
      this.logs = host.root().resolve("by-hand");
      Path socket = host.containerd().criConfig().socket();
      this.channel =
          Grpc.newChannelBuilder("unix://" + socket, InsecureChannelCredentials.create()).build();
      this.runtime = RuntimeServiceGrpc.newBlockingStub(channel);
    }

    /** Another than the driver's, which would take up what it finds of its own. */
    String instance() {
      return host.instance() + "x";
    }

    void prepare(PodSpec pod) throws Exception {
      cgroups.make(pod.id(), pod.resources(), host.containerd().criConfig().isolation());
    }

    String run(PodSpec pod) {
      Cri.PodSandboxConfig config =
          PodConfigs.sandbox(
              pod,
              UUID.randomUUID().toString(),
              cgroups.parentOf(pod.id()),
              logs.resolve(pod.id().name()),
              List.of("1.1.1.1"),
              false);
      String sandbox =
          runtime
              .runPodSandbox(
                  Cri.RunPodSandboxRequest.newBuilder()
                      .setConfig(config)
                      .setRuntimeHandler(host.containerd().criConfig().runtimeHandler())
                      .build())
              .getPodSandboxId();
      String container =
          runtime
              .createContainer(PodConfigs.container(pod, 0, sandbox, config))
              .getContainerId();
      Cri.Empty unused = runtime.startContainer(byId(container));
      return sandbox;
    }

    void remove(PodSpec pod, String sandbox) throws Exception {
      Cri.Empty unused = runtime.stopPodSandbox(byId(sandbox));
      unused = runtime.removePodSandbox(byId(sandbox));
      cgroups.remove(pod.id());
    }

    private static Cri.ById byId(String id) {
      return Cri.ById.newBuilder().setId(id).build();
    }

    @Override
    public void close() {
      channel.shutdownNow();
    }
  }
}
