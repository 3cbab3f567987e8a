package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.get;
import static org.codius.proxy.ProxyUnderTest.ok;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 4,000 connections of slowhttptest at once, none refused for their number: who behaves notices
 * nothing. The limit per address, which would turn most of the attackers away, is out of the way.
 */
@Tag("long")
@ExtendWith(LeakCheck.class)
class SlowAttackIT {

  private static final int ATTACKERS = 4000;
  private static final Duration TOLERABLE = Duration.ofMillis(50);
  private static final String POD = "127.0.0.1"; // slowhttptest names the host it connects to

  private static final Pattern LENGTH =
      Pattern.compile("\r\ncontent-length: ([0-9]+)\r\n", Pattern.CASE_INSENSITIVE);

  @TempDir Path folder;

  /** In turn: heads that never end, bodies that trickle in, answers that are hardly read. */
  @ParameterizedTest
  @ValueSource(strings = {"-H", "-B", "-X"})
  void whoBehavesNoticesNothing(String mode) throws Exception {
    ProxyConfig config =
        ProxyUnderTest.onFreePort(ProxyConfig.DEFAULT)
            .withLimits(Limits.DEFAULT.withConnectionsPerAddress(2 * ATTACKERS));
    try (RawPod pod = RawPod.serving(SlowAttackIT::serve);
        PodProxy proxy = PodProxy.start(config, RouteTable.of(Map.of(POD, pod.address())))) {
      askFor(
          proxy,
          Duration.ofSeconds(3),
          () -> true); // the first requests of a JVM are slow by themselves
      Process attack = attack(mode, proxy.localAddress().getPort());
      try {
        List<Duration> times = askFor(proxy, Duration.ofSeconds(20), attack::isAlive);

        Duration p99 = times.get(times.size() * 99 / 100);
        System.out.printf(
            "slowhttptest %s: %d requests, p50 %s, p99 %s, longest %s, refused %s%n",
            mode,
            times.size(),
            times.get(times.size() / 2),
            p99,
            times.get(times.size() - 1),
            proxy.refused());
        // it ends by itself once each of its connections was cut off, as with -H
        long cutOff = proxy.refused().getOrDefault("REQUEST_TIMEOUT", 0L);
        assertThat(attack.isAlive() || cutOff == ATTACKERS).isTrue();
        assertThat(p99).isLessThan(TOLERABLE);
      } finally {
        attack.destroy();
        assertThat(attack.waitFor(1, TimeUnit.MINUTES)).isTrue();
      }
    }
  }

  /** Reads requests with all of their bodies, and answers at some length. */
  private static void serve(RawPod.Connection connection) throws IOException {
    for (String head = connection.request(); !head.isEmpty(); head = connection.request()) {
      Matcher length = LENGTH.matcher(head);
      if (length.find()) {
        connection.wire.read(Integer.parseInt(length.group(1)));
      }
      connection.send(ok("x".repeat(20_000)));
    }
  }

  private Process attack(String mode, int port) throws IOException {
    List<String> command = new ArrayList<>(List.of("slowhttptest", mode, "-c", "" + ATTACKERS));
    command.addAll(List.of("-r", "2000", "-i", "5", "-l", "60", "-p", "3"));
    command.addAll(List.of("-u", "http://" + POD + ":" + port + "/"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("slowhttptest.log").toFile())
        .start();
  }

  /** Asks again and again, on fresh connections too; returns how long each answer took, sorted. */
  private static List<Duration> askFor(PodProxy proxy, Duration time, BooleanSupplier isAttacked)
      throws IOException {
    List<Duration> times = new ArrayList<>();
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end && isAttacked.getAsBoolean()) {
      long from = System.nanoTime();
      try (Wire client = connect(proxy)) {
        for (int i = 0; i < 10; i++) {
          assertThat(client.send(get(POD, "/")).answer().status()).isEqualTo(200);
          times.add(Duration.ofNanos(System.nanoTime() - from));
          from = System.nanoTime();
        }
      }
    }
    Collections.sort(times);
    return times;
  }

  private static Wire connect(PodProxy proxy) throws IOException {
    InetSocketAddress address = proxy.localAddress();
    return new Wire(
        new Socket(address.getAddress(), address.getPort(), InetAddress.getByName("127.0.0.2"), 0));
  }
}
