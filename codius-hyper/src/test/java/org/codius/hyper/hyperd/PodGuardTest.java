package org.codius.hyper.hyperd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.codius.hyper.ImageLimits;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodId;
import org.codius.hyper.image.ImagePolicy;
import org.junit.jupiter.api.Test;

/** What needs neither root nor a network. */
class PodGuardTest {

  @Test
  void registriesThatTakeLongHoldUpNobodyElseAndWhatWaitsFailsWhenItIsClosed() throws Exception {
    HyperdConfig.Guard rules =
        new HyperdConfig.Guard(ImagePolicy.DEFAULT.withLoopback(), List.of("1.1.1.1"));
    List<CompletableFuture<Void>> checks;
    try (ServerSocket silent = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        PodGuard guard =
            new PodGuard(HyperdConfig.of(Path.of("hyper.sock"), "guardtest").with(rules), rules)) {
      String image = "127.0.0.1:" + silent.getLocalPort() + "/app:1";
      checks =
          IntStream.range(0, 20).mapToObj(i -> guard.check(image, ImageLimits.DEFAULT)).toList();
      silent.accept(); // the first is being asked, and all others are asked or wait

      var unused = guard.release(new PodId("guardtest", "a")).get(20, TimeUnit.SECONDS);
    }

    for (CompletableFuture<Void> check : checks) {
      assertThat(catchThrowable(() -> check.get(20, TimeUnit.SECONDS)))
          .hasCauseInstanceOf(PodDriverException.class);
    }
  }
}
