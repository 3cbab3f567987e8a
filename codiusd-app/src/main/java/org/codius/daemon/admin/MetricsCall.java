package org.codius.daemon.admin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.codius.daemon.http.ApiRequest;
import org.codius.daemon.http.ApiResponse;
import org.codius.daemon.lease.Lease;
import org.codius.daemon.lease.LeaseStore;
import org.codius.daemon.lease.RefusedException;
import org.codius.payments.Amount;
import org.codius.payments.Ledger;
import org.codius.proxy.PodProxy;

/**
 * What Prometheus collects, in its text format 0.0.4. Counted since the start of the daemon, but
 * for the books.
 */
public final class MetricsCall implements AdminCall.Answer, AutoCloseable {

  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry;
  private final MultiGauge leases;
  private final MultiGauge money;
  private final JvmGcMetrics collector = new JvmGcMetrics();
  private final LeaseStore store;
  private final Ledger ledger;
  private final PodProxy proxy;

  /**
   * @param registry others count in it too
   */
  public MetricsCall(
      PrometheusMeterRegistry registry, LeaseStore store, Ledger ledger, PodProxy proxy) {
    this.registry = registry;
    this.store = store;
    this.ledger = ledger;
    this.proxy = proxy;
    this.leases =
        MultiGauge.builder("codius.leases").description("Leases by state").register(registry);
    this.money =
        MultiGauge.builder("codius.ledger")
            .description("Sums over all entries of the books, in units of the asset")
            .register(registry);
    FunctionCounter.builder("codius.proxy.requests", proxy, p -> p.traffic().requests())
        .description("Requests to pods, answered or broken off")
        .register(registry);
    FunctionCounter.builder("codius.proxy.received", proxy, p -> p.traffic().received())
        .baseUnit("bytes")
        .register(registry);
    FunctionCounter.builder("codius.proxy.sent", proxy, p -> p.traffic().sent())
        .baseUnit("bytes")
        .register(registry);
    for (int i = 0; i < 5; i++) {
      int index = i;
      FunctionCounter.builder(
              "codius.proxy.answers", proxy, p -> p.traffic().statusClasses().get(index))
          .tag("status", (i + 1) + "xx")
          .register(registry);
    }
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    collector.bindTo(registry);
  }

  /** Returns a registry for them. */
  public static PrometheusMeterRegistry registry() {
    return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  /** Returns what counts why something was not sold, or done. */
  public static Consumer<RefusedException.Reason> refusals(PrometheusMeterRegistry registry) {
    return reason -> registry.counter("codius.refusals", "reason", reason.name()).increment();
  }

  @Override
  public ApiResponse to(ApiRequest request, String none) {
    countLeases();
    countMoney();
    proxy.refused().keySet().forEach(this::countRefused);
    return new ApiResponse.Whole(HttpResponseStatus.OK, TEXT, registry.scrape(TEXT), Map.of());
  }

  private void countLeases() {
    Map<Lease.State, Integer> states = store.states();
    leases.register(
        Arrays.stream(Lease.State.values())
            .map(
                state ->
                    MultiGauge.Row.of(
                        Tags.of("state", state.name().toLowerCase(Locale.ROOT)),
                        states.getOrDefault(state, 0)))
            .toList(),
        true);
  }

  private void countMoney() {
    Ledger.Summary summary = ledger.summary();
    money.register(
        List.of(
            row("received", summary.received()),
            row("earned", summary.earned()),
            row("owed", summary.owed()),
            row("refunded", summary.refunded())),
        true);
  }

  private MultiGauge.Row<Number> row(String sum, Amount amount) {
    return MultiGauge.Row.of(
        Tags.of("sum", sum, "currency", ledger.asset().code()), amount.toUnits());
  }

  /** Registering again what is there changes nothing. */
  private void countRefused(String code) {
    FunctionCounter.builder("codius.proxy.refused", proxy, p -> p.refused().getOrDefault(code, 0L))
        .tag("code", code)
        .register(registry);
  }

  @Override
  public void close() {
    collector.close();
    registry.close();
  }
}
