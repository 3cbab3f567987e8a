package org.codius.daemon.selftest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.daemon.selftest.SelfTestStatus.State;
import org.codius.daemon.store.HostDatabase;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.PodRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfTestsTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @TempDir Path folder;

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private HostDatabase database;
  private int made;

  @BeforeEach
  void open() throws Exception {
    database = HostDatabase.open(folder.resolve("host.db"));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void areMadeAtOnceAndThenOnceADay() {
    SelfTests tests = tests(SelfTestMode.REPORT, true);
    assertThat(tests.status().state()).isEqualTo(State.RUNNING);

    tests.tick(this::passes);
    assertThat(tests.status().state()).isEqualTo(State.PASSED);

    now = now.plus(Duration.ofHours(24)).minusSeconds(1);
    tests.tick(this::passes);
    assertThat(made).isEqualTo(1);

    now = now.plusSeconds(1);
    tests.tick(this::passes);
    assertThat(made).isEqualTo(2);
  }

  @Test
  void costRealMoneyOnceADayHoweverOftenTheHostIsStarted() {
    tests(SelfTestMode.REPORT, true).tick(this::passes);

    SelfTests next = tests(SelfTestMode.REPORT, true);
    next.tick(this::passes);

    assertThat(made).isEqualTo(1);
    assertThat(next.status().last())
        .contains(new SelfTestResult(now, true, true, "it answered", ""));
  }

  @Test
  void areMadeAtEachStartWithPlayMoney() {
    tests(SelfTestMode.REPORT, false).tick(this::passes);
    tests(SelfTestMode.REPORT, false).tick(this::passes);

    assertThat(made).isEqualTo(2);
  }

  @Test
  void areRepeatedSoonIfTheyFailedBeforeTheyCostAnything() {
    SelfTests tests = tests(SelfTestMode.REPORT, true);
    tests.tick(this::failsUnpaid);
    assertThat(tests.status().last())
        .contains(new SelfTestResult(now, false, false, "no way", "Make one."));

    now = now.plus(Duration.ofMinutes(10));
    tests.tick(this::passes);

    assertThat(tests.status().state()).isEqualTo(State.PASSED);
  }

  @Test
  void waitForADayIfTheyFailedAfterTheyWerePaidFor() {
    SelfTests tests = tests(SelfTestMode.REPORT, true);
    tests.tick(
        bought -> {
          throw new SelfTestException("no answer", true, "");
        });

    now = now.plus(Duration.ofHours(23));
    tests.tick(this::passes);

    assertThat(made).isZero();
    assertThat(tests.status().isGood()).isFalse();
  }

  @Test
  void sayThatTheyBrokeOff() {
    SelfTests tests = tests(SelfTestMode.REPORT, true);
    tests.tick(
        bought -> {
          throw new IllegalStateException("a mistake of ours");
        });

    assertThat(tests.status().state()).isEqualTo(State.FAILED);
  }

  @Test
  void areNotMadeWhereTheyAreOff() {
    SelfTests tests = tests(SelfTestMode.OFF, true);
    tests.tick(this::passes);

    assertThat(made).isZero();
    assertThat(tests.status()).isEqualTo(SelfTestStatus.OFF);
  }

  @Test
  void gateNothingUnlessToldTo() {
    SelfTests tests = tests(SelfTestMode.REPORT, true);
    tests.check(upload("stranger"));
    tests.tick(this::failsUnpaid);
    tests.check(upload("stranger"));

    assertThat(tests.status().isOpen()).isTrue();
  }

  @Test
  void gateUploadsUntilTheyPassedButNotTheirOwn() {
    SelfTests tests = tests(SelfTestMode.GATE, true);
    assertRefused(tests, "Self Test Running");

    tests.tick(this::failsUnpaid);
    assertRefused(tests, "Self Test Failed");
    tests.check(new Order.Extension(upload("stranger").manifestHash(), MINUTE));

    now = now.plus(Duration.ofMinutes(10));
    tests.tick(
        bought -> {
          Order own = upload("own");
          bought.accept(own.manifestHash());
          tests.check(own);
          assertRefused(tests, "Self Test Failed");
          return "it answered";
        });
    tests.check(upload("stranger"));
  }

  private static void assertRefused(SelfTests tests, String words) {
    assertThatThrownBy(() -> tests.check(upload("stranger")))
        .hasMessage(words)
        .asInstanceOf(type(RefusedException.class))
        .extracting(RefusedException::reason)
        .isEqualTo(Reason.SELF_TEST_FAILED);
  }

  private String passes(Object bought) {
    made++;
    return "it answered";
  }

  private String failsUnpaid(Object bought) throws SelfTestException {
    throw new SelfTestException("no way", false, "Make one.");
  }

  private SelfTests tests(SelfTestMode mode, boolean isMoneyReal) {
    return new SelfTests(mode, isMoneyReal, database.settings(), Runnable::run, () -> now);
  }

  private static Order upload(String name) {
    String json =
        """
        {"manifest":{"name":"%s","version":"1.0.0","machine":"small","port":"8080",
          "containers":[{"id":"app","image":"nginx@sha256:%s"}]},"private":{}}\
        """
            .formatted(name, "0".repeat(64));
    PodRequest request = ManifestParser.parseRequest(json.getBytes(StandardCharsets.UTF_8));
    return new Order.Upload(request, MINUTE);
  }
}
