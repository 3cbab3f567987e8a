package org.codius.hyper.cri;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.codius.hyper.PodDriver;
import org.codius.hyper.PodStatus;
import org.codius.hyper.network.PodFirewall;
import org.codius.hyper.testing.PodDriverContract;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The contract, on a real containerd with runc. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CriDriverContractIT implements PodDriverContract {

  private TestHost host;
  private @Nullable PodDriver driver;
  private @Nullable TestImage missing;
  private int editions;

  @BeforeAll
  void start() throws Exception {
    host = startHost();
    host.driver().close(); // two drivers of one instance would undo each other's firewall
  }

  TestHost startHost() throws Exception {
    return TestHost.start(INSTANCE);
  }

  @AfterEach
  void removePods() throws Exception {
    for (PodStatus pod : host.get(driver().list())) {
      host.get(driver().remove(pod.id()));
    }
    driver().close();
    driver = null;
  }

  @AfterAll
  void stop() {
    if (host != null) {
      PodFirewall.of(OTHER_INSTANCE, List.of(), List.of()).remove();
      host.close();
    }
  }

  /** Connected when first asked for: it takes up the pods that there are then. */
  @Override
  public PodDriver driver() {
    if (driver == null) {
      driver = connectAs(INSTANCE);
    }
    return driver;
  }

  @Override
  public PodDriver connectAs(String instance) {
    CriConfig own = host.containerd().criConfig();
    return CriDriver.connect(
        instance.equals(INSTANCE)
            ? own
            : CriConfig.of(
                instance,
                own.socket(),
                own.runtimeHandler(),
                own.isolation(),
                host.root().resolve(instance)));
  }

  /** Enough for each run of all tests; the crowd proper is among the long ones. */
  @Override
  public int crowd() {
    return 10;
  }

  @Test
  @Tag("long")
  void fiftyPodsRunAtOnceEachWithItsOwnStatus() throws Exception {
    runAtOnce(50);
  }

  @Override
  public String image() {
    return host.registry().image();
  }

  @Override
  public String missingImage() {
    try {
      missing = BusyboxImage.make(++editions);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return host.registry().nameOf("late", missing);
  }

  @Override
  public void publishMissingImage() {
    String unused = host.registry().add("late", requireNonNull(missing));
  }
}
