package org.codius.hyper.hyperd;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.PodId;
import org.codius.hyper.PodSpec;
import org.codius.hyper.cri.TestHost;
import org.codius.hyper.cri.TestImage;
import org.codius.hyper.cri.TestRegistry;
import org.codius.hyper.image.ImagePolicy;
import org.codius.hyper.network.PodFirewall;
import org.codius.hyper.testing.HyperdSimulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What keeps hyperd's pods apart, on a real bridge: behind the addresses that the simulator gives
 * its pods there are network namespaces, as there are machines behind hyperd's.
 */
class PodGuardIT {

  private static final String INSTANCE = "guardtest";
  private static final String BRIDGE = "codhyp0";
  private static final String HOST = "192.168.123.1";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HyperdConfig.Guard RULES =
      new HyperdConfig.Guard(ImagePolicy.DEFAULT.withLoopback(), List.of("9.9.9.9"));

  @TempDir Path folder;
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final List<Integer> machines = new ArrayList<>();
  private final AtomicBoolean isAskedForImages = new AtomicBoolean();
  private HyperdSimulator hyperd;
  private HyperdDriver driver;

  @BeforeEach
  void start() throws Exception {
    TestHost.assumeRunnable();
    run("ip", "link", "add", BRIDGE, "type", "bridge");
    // Else it looks for two seconds whether its IPv6 address is another's too.
    Files.writeString(Path.of("/proc/sys/net/ipv6/conf", BRIDGE, "accept_dad"), "0");
    run("ip", "addr", "add", HOST + "/24", "dev", BRIDGE);
    run("ip", "link", "set", BRIDGE, "up");
    boot(2);
    boot(3);
    hyperd = HyperdSimulator.start(folder.resolve("hyper.sock"), group);
    hyperd.publish(HyperdDriverTest.BUSYBOX);
    hyperd.load(HyperdDriverTest.BUSYBOX);
    hyperd.beforeNext("/image/create", () -> isAskedForImages.set(true));
    connect();
  }

  private void connect() {
    driver =
        HyperdDriver.connect(
            HyperdConfig.of(folder.resolve("hyper.sock"), INSTANCE).with(RULES), group);
  }

  @AfterEach
  void stop() throws Exception {
    if (driver != null) {
      driver.close();
      hyperd.close();
      PodFirewall.of(INSTANCE, List.of(), List.of()).remove();
    }
    for (int machine : machines) {
      exitCode("ip", "link", "del", "codtap" + machine); // the namespace would let go of it later
      exitCode("ip", "netns", "del", namespace(machine));
    }
    exitCode("ip", "link", "del", BRIDGE);
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  @Test
  void podsOnTheBridgeReachNeitherEachOtherNorTheHostNorWhoComesLater() throws Exception {
    awaitReached(2, address(3)); // as hyperd leaves it
    awaitReached(2, HOST);

    runPod("a");
    runPod("b");

    assertThat(reaches(2, address(3))).isFalse();
    assertThat(reaches(3, address(2))).isFalse();
    assertThat(reaches(2, HOST)).isFalse();
    boot(4);
    assertThat(reaches(2, address(4))).isFalse();
    assertThat(reaches(4, address(2))).isFalse();
    await(() -> exitCode("busybox", "ping", "-c", "1", "-W", "1", address(2)) == 0);
  }

  @Test
  void aPodIsClosedBeforeItsProgramsStart() throws Exception {
    List<Boolean> seen = new ArrayList<>();
    runPod("a");
    hyperd.beforeNext(
        "/pod/start",
        () -> {
          try {
            seen.add(reaches(3, address(2)));
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });

    runPod("b");

    assertThat(seen).containsExactly(false);
  }

  @Test
  void podsOfAnEarlierDriverAreTakenUp() throws Exception {
    runPod("a");
    driver.close();
    PodFirewall.of(INSTANCE, List.of(), List.of()).remove();
    awaitReached(2, address(3));

    connect();
    runPod("b"); // not before those that are there are closed

    assertThat(reaches(2, address(3))).isFalse();
    assertThat(reaches(2, HOST)).isFalse();
  }

  /** No other pod is there for which the bridge would be closed. */
  @Test
  void aPodThatIsNotFoundAgainIsShutOff() throws Exception {
    String linkLocal = linkLocalOfBridge();
    runPod("a");
    driver.close();
    run("ip", "-n", namespace(2), "addr", "del", address(2) + "/24", "dev", "eth0");
    run("ip", "-n", namespace(2), "addr", "add", address(9) + "/24", "dev", "eth0");
    run("ip", "neigh", "flush", "dev", BRIDGE);

    connect();

    assertThat(catchThrowable(() -> get(driver.openEgress(new PodId(INSTANCE, "a")))).getCause())
        .hasMessageContaining("the firewall does not know it");

    List<String> others = List.of(address(3), HOST, linkLocal);
    for (String other : others) {
      assertThat(reaches(2, other)).as(other).isFalse();
    }
    PodFirewall.of(INSTANCE, List.of(), List.of()).remove();
    for (String other : others) {
      awaitReached(2, other);
    }
  }

  @Test
  void aPodWhoseAddressNobodyAnswersForIsNotRun() throws Exception {
    run("ip", "link", "del", "codtap2");

    assertThat(catchThrowable(() -> runPod("a")).getCause())
        .isInstanceOf(PodDriverException.class)
        .hasMessageContaining("nobody on " + BRIDGE + " has " + address(2));
    assertThat(hyperd.pods()).isEmpty();
  }

  @Test
  void anImageOfARegistryThatIsNotAllowedIsNotAskedOfHyperd() {
    Throwable failure = failureOfPull("10.0.0.1/busybox@sha256:" + "0".repeat(64));

    assertThat(failure).hasMessageEndingWith("not found or not allowed");
    assertThat(isAskedForImages.get()).isFalse();
  }

  @Test
  void anImageForAnotherMachineIsNotAskedOfHyperd() throws Exception {
    try (TestRegistry registry = TestRegistry.start()) {
      Throwable failure = failureOfPull(registry.add("foreign", TestImage.ofOtherArchitecture()));

      assertThat(failure)
          .isInstanceOfSatisfying(
              PodDriverException.class,
              refusal -> assertThat(refusal.reason()).isEqualTo(Reason.IMAGE_UNUSABLE))
          .hasMessageContaining("/foreign@")
          .hasMessageContaining("s390x");
      assertThat(isAskedForImages.get()).isFalse();
      Throwable ofAnother = failureOfPull(registry.image()); // for this machine
      assertThat(isAskedForImages.get()).as("%s", ofAnother).isTrue();
    }
  }

  @Test
  void podsAskTheNameServersTheyMayReach() {
    assertThat(PodJson.of(pod("a"), RULES.nameServers()).path("dns").toString())
        .isEqualTo("[\"9.9.9.9\"]");
  }

  private Throwable failureOfPull(String image) {
    return requireNonNull(
        catchThrowable(() -> get(driver.pull(image, ImageLimits.DEFAULT, any -> {}))).getCause());
  }

  private void runPod(String name) throws Exception {
    get(driver.run(pod(name)));
  }

  private static PodSpec pod(String name) {
    return new PodSpec(
        new PodId(INSTANCE, name),
        List.of(
            new PodSpec.Container(
                "web", "127.0.0.1:5000/busybox:1.35", List.of("httpd"), "", Map.of())),
        new PodSpec.Resources(1, 64, Integer.MAX_VALUE, 1));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** Puts a machine on the bridge, with the address that ends so. */
  private void boot(int number) throws Exception {
    String name = namespace(number);
    String port = "codtap" + number;
    run("ip", "netns", "add", name);
    machines.add(number);
    run("ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", name);
    run("ip", "link", "set", port, "master", BRIDGE, "up");
    run("ip", "-n", name, "addr", "add", address(number) + "/24", "dev", "eth0");
    run("ip", "-n", name, "link", "set", "eth0", "up");
    run("ip", "-n", name, "route", "add", "default", "via", HOST);
  }

  private static boolean reaches(int machine, String address) throws Exception {
    return exitCode(
            "ip",
            "netns",
            "exec",
            namespace(machine),
            "busybox",
            "ping",
            "-c",
            "1",
            "-W",
            "1",
            address)
        == 0;
  }

  /** Returns the bridge's address of its link, as seen from a machine, once it can be reached. */
  private static String linkLocalOfBridge() throws Exception {
    NetworkInterface bridge = NetworkInterface.getByName(BRIDGE);
    String address =
        bridge
            .inetAddresses()
            .filter(InetAddress::isLinkLocalAddress)
            .map(each -> each.getHostAddress().replaceFirst("%.*", "%eth0"))
            .findFirst()
            .orElseThrow();
    awaitReached(2, address); // the machine does look
    return address;
  }

  private static void awaitReached(int machine, String address) throws Exception {
    await(() -> reaches(machine, address));
  }

  /** One packet may be late on a busy machine. */
  private static void await(Callable<Boolean> isTrue) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isTrue.call()) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }

  private static String namespace(int machine) {
    return "codhyp" + machine;
  }

  private static String address(int machine) {
    return "192.168.123." + machine;
  }

  private static void run(String... command) throws Exception {
    assertThat(exitCode(command)).as(String.join(" ", command)).isZero();
  }

  @CanIgnoreReturnValue
  private static int exitCode(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
