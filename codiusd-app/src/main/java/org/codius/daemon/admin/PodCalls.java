package org.codius.daemon.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import org.codius.daemon.http.ApiException;
import org.codius.daemon.http.ApiRequest;
import org.codius.daemon.http.ApiResponse;
import org.codius.daemon.lease.Lease;
import org.codius.daemon.lease.LeaseService;
import org.codius.daemon.lease.LeaseStore;
import org.codius.daemon.lease.Life;
import org.codius.daemon.lease.PodAccounts;
import org.codius.daemon.lease.Purchase;
import org.codius.manifest.Container;
import org.codius.manifest.ManifestHash;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PaymentException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What there is to know of pods, and to do to one. */
public final class PodCalls {

  private static final Logger log = LoggerFactory.getLogger(PodCalls.class);

  private final LeaseStore store;
  private final LeaseService leases;
  private final PodAccounts accounts;
  private final Asset asset;

  /**
   * @param asset what pods' accounts are in
   */
  public PodCalls(LeaseStore store, LeaseService leases, PodAccounts accounts, Asset asset) {
    this.store = store;
    this.leases = leases;
    this.accounts = accounts;
    this.asset = asset;
  }

  ApiResponse list(ApiRequest request, String none) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ArrayNode pods = body.putArray("pods");
    store.all().forEach(lease -> describe(lease, pods.addObject()));
    return ApiResponse.json(body);
  }

  ApiResponse inspect(ApiRequest request, String hash) {
    ManifestHash pod = Input.hash(hash);
    Lease lease = store.find(pod).or(() -> store.findEnded(pod)).orElseThrow(() -> notFound(pod));
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    describe(lease, body);
    Life life = lease.life();
    life.started().ifPresent(started -> body.put("started", started.toString()));
    life.ended().ifPresent(ended -> body.put("ended", ended.toString()));
    life.downSince().ifPresent(since -> body.put("downSince", since.toString()));
    body.put("restarts", life.restarts());
    body.put("creditedSeconds", life.credited().toSeconds());
    body.put("failure", life.failure());
    ArrayNode images = body.putArray("images");
    lease.request().manifest().containers().stream().map(Container::image).forEach(images::add);
    ArrayNode purchases = body.putArray("purchases");
    for (Purchase purchase : store.purchases(pod)) {
      purchases
          .addObject()
          .put("price", purchase.price().toString())
          .put("from", purchase.from().toString())
          .put("expiry", purchase.expiry().toString());
    }
    return ApiResponse.json(body);
  }

  /** The pod ends, its evidence and its lease stay. */
  ApiResponse suspend(ApiRequest request, String hash) throws InterruptedException {
    ManifestHash pod = find(hash);
    leases.suspend(pod, true);
    log.info("pod suspended hash={}", pod.value());
    return inspect(request, hash);
  }

  ApiResponse resume(ApiRequest request, String hash) throws InterruptedException {
    ManifestHash pod = find(hash);
    leases.suspend(pod, false);
    log.info("pod no longer suspended hash={}", pod.value());
    return inspect(request, hash);
  }

  /** Gives a pod money to spend; a body is {@code {"amount": 1.5}}, in units of the asset. */
  ApiResponse fund(ApiRequest request, String hash) {
    ManifestHash pod = find(hash);
    BigDecimal units = Input.positive(Input.body(request).path("amount"), "amount");
    try {
      long baseUnits = units.movePointRight(asset.scale()).longValueExact();
      accounts.fund(pod, Amount.of(baseUnits, asset)).toCompletableFuture().join();
    } catch (ArithmeticException e) {
      throw Input.bad("BAD_NUMBER", "An amount has up to " + asset.scale() + " decimals.");
    } catch (CompletionException e) {
      if (e.getCause() instanceof PaymentException cause) {
        throw new ApiException(
            HttpResponseStatus.CONFLICT,
            String.valueOf(cause.getMessage()),
            "NOT_FUNDED",
            "codiusd ledger summary tells what the host has; CODIUS_POD_PAYMENTS lets pods pay.");
      }
      throw e;
    }
    log.info("pod funded hash={} amount={}", pod.value(), units);
    return ApiResponse.empty(HttpResponseStatus.NO_CONTENT);
  }

  ApiResponse remove(ApiRequest request, String hash) throws InterruptedException {
    ManifestHash pod = find(hash);
    leases.remove(pod);
    log.info("pod removed by the operator hash={}", pod.value());
    return ApiResponse.empty(HttpResponseStatus.NO_CONTENT);
  }

  private ManifestHash find(String hash) {
    ManifestHash pod = Input.hash(hash);
    if (store.find(pod).isEmpty()) {
      throw notFound(pod);
    }
    return pod;
  }

  private static void describe(Lease lease, ObjectNode body) {
    body.put("hash", lease.manifestHash().value());
    body.put(
        "state",
        lease.life().isSuspended() && lease.isPaid()
            ? "suspended"
            : lease.state().name().toLowerCase(Locale.ROOT));
    body.put("expiry", lease.expiry().toString());
    body.put("class", lease.podClass());
    body.put("memoryMib", lease.memoryMib());
  }

  private static ApiException notFound(ManifestHash pod) {
    return new ApiException(
        HttpResponseStatus.NOT_FOUND,
        "There is no pod " + pod.value() + ".",
        "POD_NOT_FOUND",
        "codiusd pods lists those there are.");
  }
}
