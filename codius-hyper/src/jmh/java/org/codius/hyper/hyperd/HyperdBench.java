package org.codius.hyper.hyperd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.PodStatus;
import org.codius.hyper.Samples;
import org.codius.hyper.testing.HyperdSimulator;
import org.codius.hyper.testing.SimulatedImage;

/** What the driver adds to hyperd's own work, and a look at a thousand pods, on the simulator. */
public final class HyperdBench {

  private static final String INSTANCE = "bench";
  private static final int WARM_UP = 500;
  private static final int TIMES = 500;
  private static final int PODS = 1_000;
  private static final int LOOKS = 50;
  private static final SimulatedImage IMAGE =
      SimulatedImage.of("127.0.0.1:5000/web", "latest", "sha256:" + "7".repeat(64));

  private HyperdBench() {}

  public static void main(String... arguments) throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    Path folder = Files.createTempDirectory("codius-bench");
    Path socket = folder.resolve("hyper.sock");
    try (HyperdSimulator hyperd = HyperdSimulator.start(socket, loops, "10.64.0.0/16")) {
      hyperd.load(IMAGE);
      run(socket, loops);
      look(socket, loops);
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
      Files.delete(folder);
    }
  }

  private static void run(Path socket, EventLoopGroup loops) throws Exception {
    Samples ours = new Samples("hyperd, run", WARM_UP + TIMES);
    Samples byHand = new Samples("hyperd, the same calls by hand", WARM_UP + TIMES);
    try (HyperdDriver driver = connect(socket, loops)) {
      for (int i = 0; i < WARM_UP + TIMES; i++) {
        if (i == WARM_UP) {
          ours = new Samples("hyperd, run", TIMES);
          byHand = new Samples("hyperd, the same calls by hand", TIMES);
        }
        PodSpec pod = pod("ours" + i);
        PodStatus status = ours.time(() -> get(driver.run(pod)));
        require(status.isRunning(), status);
        get(driver.remove(pod.id()));

        PodSpec other = pod("hand" + i);
        String json = PodJson.of(other, List.of()).toString();
        String answer =
            byHand.time(
                () -> {
                  call(socket, "POST /pod/create", json);
                  return call(socket, "POST /pod/start?podId=" + other.id(), "");
                });
        require(answer.startsWith("HTTP/1.1 200"), answer);
        call(socket, "DELETE /pod?podId=" + other.id(), "");
      }
    }
    System.out.println(ours);
    System.out.println(byHand);
    System.out.printf("hyperd, added by the driver: %.2f ms%n", ours.median() - byHand.median());
  }

  private static void look(Path socket, EventLoopGroup loops) throws Exception {
    try (HyperdDriver driver = connect(socket, loops)) {
      for (int i = 0; i < PODS; i++) {
        get(driver.run(pod("many" + i)));
      }
    }
    Samples first = new Samples("hyperd, " + PODS + " pods, connect and confirm each", LOOKS);
    Samples next = new Samples("hyperd, " + PODS + " pods, each further list", LOOKS);
    for (int i = 0; i < LOOKS; i++) {
      try (HyperdDriver driver = connect(socket, loops)) {
        requireAll(first.time(() -> get(driver.list())));
        requireAll(next.time(() -> get(driver.list())));
      }
    }
    System.out.println(first);
    System.out.println(next);
  }

  private static void requireAll(List<PodStatus> pods) {
    require(pods.size() == PODS, pods.size());
    require(pods.stream().allMatch(pod -> pod.isRunning() && pod.address().isPresent()), pods);
  }

  /** As a shell script would: a connection, a request, an answer. */
  private static String call(Path socket, String what, String body) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(
          UTF_8.encode(
              what
                  + " HTTP/1.1\r\nHost: hyperd\r\nConnection: close\r\nContent-Type: application/json"
                  + "\r\nContent-Length: "
                  + body.getBytes(UTF_8).length
                  + "\r\n\r\n"
                  + body));
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      ByteBuffer buffer = ByteBuffer.allocate(4096);
      while (channel.read(buffer) >= 0) {
        answer.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
      return answer.toString(UTF_8);
    }
  }

  private static HyperdDriver connect(Path socket, EventLoopGroup loops) {
    return HyperdDriver.connect(HyperdConfig.of(socket, INSTANCE).unguarded(), loops);
  }

  private static PodSpec pod(String name) {
    return new PodSpec(
        new PodId(INSTANCE, name),
        List.of(new PodSpec.Container("web", IMAGE.tagged(), List.of("serve"), "", Map.of())),
        new PodSpec.Resources(1, 64, 64, 64));
  }

  private static void require(boolean isTrue, Object what) {
    if (!isTrue) {
      throw new IllegalStateException(String.valueOf(what));
    }
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
