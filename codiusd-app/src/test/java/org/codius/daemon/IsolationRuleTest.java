package org.codius.daemon;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.base.Ascii;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.hyper.RuntimeInfo;
import org.codius.hyper.RuntimeInfo.Isolation;
import org.codius.manifest.ManifestParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IsolationRuleTest {

  private static final Order UPLOAD =
      new Order.Upload(
          ManifestParser.parseRequest(
              """
              {"manifest":{"name":"a","version":"1","machine":"small",\
              "containers":[{"id":"app","image":"nginx@sha256:%s"}]}}\
              """
                  .formatted("0".repeat(64))
                  .getBytes(StandardCharsets.UTF_8)),
          Duration.ofMinutes(1));

  @ParameterizedTest
  @CsvSource({
    "VM, VM, true",
    "VM, KERNEL, false",
    "VM, NAMESPACE, false",
    "KERNEL, VM, true",
    "KERNEL, KERNEL, true",
    "KERNEL, NAMESPACE, false",
    "NAMESPACE, VM, true",
    "NAMESPACE, KERNEL, true",
    "NAMESPACE, NAMESPACE, true",
  })
  void sellsWhatIsIsolatedWellEnough(Isolation least, Isolation offered, boolean isSold) {
    IsolationRule rule = rule(least, offered);

    if (isSold) {
      assertThatCode(() -> rule.check(UPLOAD)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> rule.check(UPLOAD))
          .hasMessageContaining(Ascii.toLowerCase(offered.name()))
          .extracting(refused -> ((RefusedException) refused).reason())
          .isEqualTo(Reason.ISOLATION_TOO_WEAK);
    }
  }

  @Test
  void aPodThatRunsCanBeExtended() {
    Order extension = new Order.Extension(UPLOAD.manifestHash(), Duration.ofMinutes(1));

    assertThatCode(() -> rule(Isolation.VM, Isolation.NAMESPACE).check(extension))
        .doesNotThrowAnyException();
  }

  private static IsolationRule rule(Isolation least, Isolation offered) {
    RuntimeInfo runtime = new RuntimeInfo("fake", "1", offered, Set.of());
    return new IsolationRule(least, () -> runtime);
  }
}
