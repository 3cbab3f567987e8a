package org.codius.daemon.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.daemon.lease.LeaseHarness.XRP;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.codius.manifest.PodRequest;
import org.codius.payments.Amount;
import org.codius.payments.PayToken;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the next run of a host makes of what the last one left. */
class RestartTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Amount PRICE = Amount.of(228_311, XRP);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;

  private LeaseHarness host;

  @BeforeEach
  void open() throws Exception {
    host = new LeaseHarness(folder, () -> START);
  }

  @AfterEach
  void close() throws IOException {
    host.close();
  }

  @Test
  void keepsPodAndRoute() throws Exception {
    Order order = upload("web");
    var unused = host.leases().buy(order, host.payFor(order, PRICE), LeaseHarness.CALLER);

    host.restart();

    assertThat(host.routes().find(order.manifestHash().value())).isPresent();
    assertThat(host.driver().starts()).isEqualTo(1);
    assertThat(host.leases().find(order.manifestHash()).get().expiry())
        .isEqualTo(START.plus(MINUTE));
  }

  @Test
  void bringsBackAPodThatIsGone() throws Exception {
    Order order = upload("web");
    var unused = host.leases().buy(order, host.payFor(order, PRICE), LeaseHarness.CALLER);
    host.driver().vanish(LeaseHarness.id(order));

    host.restart();

    assertThat(host.driver().starts()).isEqualTo(2);
    assertThat(host.driver().hasEgress(LeaseHarness.id(order))).isTrue();
    assertThat(host.routes().find(order.manifestHash().value())).isPresent();
  }

  @Test
  void removesWhatNobodyPaidFor() throws Exception {
    Order order = upload("web");
    PodRequest request = order.upload().get();
    host.store().put(starting(request));
    host.keeper().pullImages(request.manifest(), "192.0.2.1", Deadline.after(MINUTE));
    host.keeper().start(request, PodClass.SMALL, Deadline.after(Duration.ofSeconds(10)));

    host.restart();

    assertThat(host.driver().spec(LeaseHarness.id(order))).isEmpty();
    assertThat(host.store().all()).isEmpty();
  }

  @Test
  void booksWhatWasSoldJustBeforeTheEnd() throws Exception {
    Order order = upload("web");
    PayToken token = host.token();
    host.store().put(starting(order.upload().get()));
    host.payments().arrive(token, order.item(), PRICE);
    host.store()
        .commit(
            new Purchase(
                token,
                order.item(),
                order.manifestHash(),
                PRICE,
                START,
                START.plus(MINUTE),
                List.of(),
                ""));

    host.restart();
    host.restart();

    assertThat(host.ledger().summary().earned()).isEqualTo(PRICE);
    assertThat(host.ledger().owed(token)).isEqualTo(Amount.zero(XRP));
    assertThat(host.driver().starts()).isEqualTo(1);
  }

  private static Lease starting(PodRequest request) {
    return Lease.starting(request, PodClass.SMALL, 552, START);
  }

  private Order upload(String name) {
    return LeaseHarness.upload(host.request(name, ""), MINUTE);
  }
}
