package org.codius.hyper.cri;

import java.time.Duration;
import org.junit.jupiter.api.Tag;

/** The contract with gVisor, driven by scripts where its own shim would be. */
@Tag("long")
class GvisorContractIT extends CriDriverContractIT {

  @Override
  TestHost startHost() throws Exception {
    return TestHost.startWithGvisor(INSTANCE);
  }

  @Override
  public Duration patience() {
    return Duration.ofSeconds(60);
  }
}
