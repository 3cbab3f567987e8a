package org.codius.daemon.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import org.codius.daemon.lease.Evidence;
import org.codius.daemon.lease.Lease;
import org.codius.daemon.lease.LeaseService;
import org.codius.daemon.lease.ManagementToken;
import org.codius.daemon.lease.PodView;
import org.codius.daemon.lease.Purchase;
import org.codius.daemon.receipt.HostKey;
import org.codius.daemon.receipt.Statement;
import org.codius.hyper.PodStatus;
import org.codius.manifest.Container;
import org.codius.manifest.ManifestHash;

/** One pod: how it is, the receipt of a purchase of it, and giving the rest of one back. */
final class PodEndpoint {

  private final LeaseService leases;
  private final HostInfo info;
  private final HostKey key;

  PodEndpoint(LeaseService leases, HostInfo info, HostKey key) {
    this.leases = leases;
    this.info = info;
    this.key = key;
  }

  /** {@code GET /pods/{hash}}: how the pod is. Free and public, as what it runs is. */
  ApiResponse status(ApiRequest request) throws InterruptedException {
    PodView view = leases.management().view(PodQuery.pathHash(request));
    Lease lease = view.lease();
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("manifestHash", lease.manifestHash().value());
    body.put("state", lease.state().name());
    body.put("expiry", PodQuery.time(lease.expiry()));
    body.put("secondsLeft", view.timeLeft().toSeconds());
    body.put("restarts", lease.life().restarts());
    lease.life().started().ifPresent(at -> body.put("started", PodQuery.time(at)));
    lease.life().ended().ifPresent(at -> body.put("ended", PodQuery.time(at)));
    body.set("warnings", Warnings.of(lease));
    body.set("containers", containers(view));
    body.set("events", events(view));
    return ApiResponse.json(body);
  }

  /** What became of the pod until it was last taken away. */
  private static ArrayNode events(PodView view) {
    ArrayNode events = JsonNodeFactory.instance.arrayNode();
    view.evidence().stream()
        .flatMap(evidence -> evidence.events().stream())
        .forEach(e -> events.addObject().put("at", PodQuery.time(e.at())).put("what", e.what()));
    return events;
  }

  private static ArrayNode containers(PodView view) {
    Map<String, String> earlier = view.evidence().map(Evidence::exits).orElse(Map.of());
    ArrayNode containers = JsonNodeFactory.instance.arrayNode();
    for (Container container : view.lease().request().manifest().containers()) {
      ObjectNode one = containers.addObject();
      one.put("id", container.id());
      one.put("image", view.image(container));
      view.status().stream()
          .flatMap(status -> status.containers().stream())
          .filter(current -> current.name().equals(container.id()))
          .forEach(current -> describe(one, current));
      if (!one.has("running")) {
        one.put("running", false);
      }
      String exit = earlier.get(container.id());
      if (exit != null) {
        one.put("lastExit", exit);
      }
    }
    return containers;
  }

  private static void describe(ObjectNode one, PodStatus.Container current) {
    one.put("running", current.isRunning());
    current.exitCode().ifPresent(code -> one.put("exitCode", code));
    if (!current.reason().isEmpty()) {
      one.put("reason", current.reason());
    }
  }

  /** {@code GET /pods/{hash}/receipt}: what was bought, signed. For its buyer. */
  ApiResponse receipt(ApiRequest request) {
    ManifestHash hash = PodQuery.pathHash(request);
    Purchase purchase = leases.management().purchase(hash, PodQuery.managementToken(request));
    return ApiResponse.json(
        key.sign(
            new Statement(
                info.publicUri(),
                hash,
                purchase.images(),
                purchase.from(),
                purchase.expiry(),
                purchase.price())));
  }

  /** {@code DELETE /pods?manifestHash=}: gives the rest of a purchase back. For its buyer. */
  ApiResponse surrender(ApiRequest request) throws InterruptedException {
    ManifestHash hash = PodQuery.manifestHash(request);
    ManagementToken token = PodQuery.managementToken(request);
    Instant expiry = leases.management().surrender(hash, token);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("manifestHash", hash.value());
    body.put("expiry", PodQuery.time(expiry));
    return ApiResponse.json(body);
  }
}
