package org.codius.daemon.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import com.google.common.primitives.UnsignedLong;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.codius.daemon.lease.Lease;
import org.codius.daemon.lease.LeaseService;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.Purchase;
import org.codius.daemon.lease.PurchaseResult;
import org.codius.daemon.lease.PurchaseResult.Bought;
import org.codius.daemon.lease.PurchaseResult.PaymentRequired;
import org.codius.daemon.lease.PurchaseResult.Underpaid;
import org.codius.manifest.Environment;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.PodRequest;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;

/** {@code /pods}: quotes, sells, extends and shows pods. */
final class PodsEndpoint {

  private final LeaseService leases;
  private final URI publicUri;

  PodsEndpoint(LeaseService leases, URI publicUri) {
    this.leases = leases;
    this.publicUri = publicUri;
  }

  /** {@code OPTIONS /pods?duration=}: the price of the manifest in the body. Free of charge. */
  ApiResponse quote(ApiRequest request) {
    request.requireJson();
    PodRequest pod = ManifestParser.parseRequest(request.body(), leases.manifestRules());
    Environment.check(pod.manifest(), pod.privateVariables());
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("manifestHash", pod.manifest().hash().value());
    body.put("price", leases.quote(pod, PodQuery.duration(request)).baseUnits().toString());
    return ApiResponse.json(body);
  }

  /** {@code POST /pods?duration=}: the pod in the body, for a price. */
  ApiResponse upload(ApiRequest request) throws InterruptedException {
    request.requireJson();
    PodRequest pod = ManifestParser.parseRequest(request.body(), leases.manifestRules());
    Environment.resolve(pod.manifest(), pod.privateVariables(), publicUri.toString());
    return buy(
        new Order.Upload(pod, PodQuery.duration(request)), PodQuery.payToken(request), request);
  }

  /** {@code PUT /pods?manifestHash=&duration=}: more time, for a price. */
  ApiResponse extend(ApiRequest request) throws InterruptedException {
    String body = new String(request.body(), StandardCharsets.UTF_8).strip();
    if (!body.isEmpty() && !body.equals("{}")) {
      throw new ApiException(
          HttpResponseStatus.BAD_REQUEST,
          "Invalid request payload input",
          "UNEXPECTED_BODY",
          "PUT /pods takes no body: name the pod by its manifestHash.");
    }
    PayToken token = PodQuery.payToken(request); // what the original missed first
    return buy(
        new Order.Extension(PodQuery.manifestHash(request), PodQuery.duration(request)),
        token,
        request);
  }

  /** Says where to pay. */
  static ApiResponse paymentRequired(Amount owed, Invoice invoice) {
    return ApiResponse.error(
            HttpResponseStatus.PAYMENT_REQUIRED,
            "Payment Required",
            "PAYMENT_REQUIRED",
            "Open a STREAM payment to what the Pay header names, then send the request again.",
            owed)
        .withHeader("Pay", invoice.toHeader());
  }

  private ApiResponse buy(Order order, PayToken token, ApiRequest request)
      throws InterruptedException {
    PurchaseResult result = leases.buy(order, token, request.caller());
    if (result instanceof PaymentRequired required) {
      return paymentRequired(required.owed(), required.invoice());
    }
    if (result instanceof Underpaid underpaid) {
      return ApiResponse.error(
              HttpResponseStatus.PAYMENT_REQUIRED,
              "Failed to get payment before timeout",
              "PAYMENT_TIMEOUT",
              "%s of %s arrived and are kept under this Pay-Token: pay the rest and ask again."
                  .formatted(underpaid.received(), underpaid.price()),
              underpaid.received())
          .withHeader("Pay", underpaid.invoice().toHeader());
    }
    Bought bought = (Bought) result;
    Purchase purchase = bought.purchase();
    ObjectNode body = pod(purchase.manifestHash(), purchase.expiry());
    body.put("managementToken", leases.management().token(token).value());
    if (bought.owed().baseUnits().compareTo(UnsignedLong.ZERO) > 0) {
      body.put("owed", bought.owed().baseUnits().toString());
    }
    leases
        .find(purchase.manifestHash())
        .map(Warnings::of)
        .filter(warnings -> !warnings.isEmpty())
        .ifPresent(warnings -> body.set("warnings", warnings));
    return ApiResponse.json(body);
  }

  /** {@code GET /pods?manifestHash=}: what runs, and until when. Free and public. */
  ApiResponse show(ApiRequest request) {
    ManifestHash hash = PodQuery.manifestHash(request);
    Lease lease = leases.find(hash).orElseThrow(() -> PodQuery.unknown(hash.value()));
    ObjectNode body = pod(hash, lease.expiry());
    body.putRawValue("manifest", new RawValue(lease.request().manifest().json()));
    return ApiResponse.json(body);
  }

  private ObjectNode pod(ManifestHash hash, Instant expiry) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put(
        "url",
        "%s://%s.%s/".formatted(publicUri.getScheme(), hash.value(), publicUri.getAuthority()));
    body.put("manifestHash", hash.value());
    body.put("expiry", PodQuery.time(expiry));
    return body;
  }
}
