package org.codius.daemon.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import org.codius.daemon.http.ApiException;
import org.codius.daemon.http.ApiRequest;
import org.codius.daemon.http.ApiResponse;
import org.codius.daemon.lease.Lease;
import org.codius.daemon.lease.LeaseStore;
import org.codius.daemon.lease.PodClass;
import org.codius.payments.Ledger;

/** The admin calls of the original, for its GUI. */
public final class OriginalCalls {

  /** Those that only read. */
  static final Set<String> READ_ONLY = Set.of("/getPods", "/getPodInfo", "/getAllUptime");

  private final LeaseStore store;
  private final Ledger ledger;
  private final SalesCalls sales;
  private final InstantSource clock;

  public OriginalCalls(LeaseStore store, Ledger ledger, SalesCalls sales, InstantSource clock) {
    this.store = store;
    this.ledger = ledger;
    this.sales = sales;
    this.clock = clock;
  }

  ApiResponse pods(ApiRequest request, String none) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode running = body.putArray("running");
    store.all().stream()
        .filter(Lease::isPaid)
        .forEach(lease -> running.add(lease.manifestHash().value()));
    return ApiResponse.json(body);
  }

  ApiResponse pod(ApiRequest request, String none) {
    String hash =
        request
            .parameter("manifestHash")
            .or(() -> request.parameter("id"))
            .filter(value -> !value.isEmpty())
            .orElseThrow(
                () ->
                    new ApiException(
                        HttpResponseStatus.BAD_REQUEST,
                        "missing manifestHash",
                        "HASH_MISSING",
                        "Add ?manifestHash= and a pod's hash."));
    Lease lease =
        store
            .find(Input.hash(hash))
            .orElseThrow(
                () ->
                    new ApiException(
                        HttpResponseStatus.NOT_FOUND,
                        "No pod found with manifestHash: " + hash,
                        "POD_NOT_FOUND",
                        "GET /getPods lists those there are."));
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("manifestHash", hash);
    body.put("running", lease.state() == Lease.State.RUNNING);
    body.put("memory", lease.memoryMib());
    lease.life().started().ifPresent(started -> body.put("startTime", started.toString()));
    body.put("expiry", lease.expiry().toString());
    return ApiResponse.json(body);
  }

  /** Earnings by asset, as at the head of the original's repository; its release has one asset. */
  ApiResponse uptime(ApiRequest request, String none) {
    Instant now = clock.instant();
    long seconds =
        store.all().stream()
            .filter(Lease::isPaid)
            .flatMap(lease -> lease.life().started().stream())
            .mapToLong(started -> Math.max(0, Duration.between(started, now).toSeconds()))
            .sum();
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("aggregate_pod_uptime", Long.toString(seconds));
    body.putObject("aggregate_earnings")
        .put(ledger.asset().code(), ledger.summary().earned().toUnits().toPlainString());
    body.put("currency", ledger.asset().code());
    return ApiResponse.json(body);
  }

  /** A price of 0 changes nothing, as in the original; another is remembered, unlike there. */
  ApiResponse config(ApiRequest request, String none) {
    JsonNode cost = Input.body(request).path("hostCostPerMonth");
    if (!cost.isNumber()) {
      throw Input.bad("BAD_NUMBER", "Give \"hostCostPerMonth\" a number.");
    }
    if (cost.asDouble() != 0) {
      sales.changePrice(PodClass.SMALL.name(), Input.positive(cost, "hostCostPerMonth"));
    }
    return ApiResponse.empty(HttpResponseStatus.NO_CONTENT);
  }

  ApiResponse test(ApiRequest request, String none) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    return ApiResponse.json(
        body.put("test", "This shows that you are running the Codiusd Admin API."));
  }
}
