package org.codius.daemon.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import org.codius.daemon.http.ApiRequest;
import org.codius.daemon.http.ApiResponse;
import org.codius.daemon.lease.LeaseService;
import org.codius.daemon.lease.PodClass;
import org.codius.payments.Ledger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is sold at what price, and what came of it. */
public final class SalesCalls {

  private static final Logger log = LoggerFactory.getLogger(SalesCalls.class);

  private final LeaseService leases;
  private final Drain drain;
  private final Ledger ledger;

  public SalesCalls(LeaseService leases, Drain drain, Ledger ledger) {
    this.leases = leases;
    this.drain = drain;
    this.ledger = ledger;
  }

  ApiResponse price(ApiRequest request, String none) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("currency", ledger.asset().code());
    ArrayNode classes = body.putArray("classes");
    for (PodClass podClass : leases.prices().classes()) {
      classes
          .addObject()
          .put("class", podClass.name())
          .put("costPerMonth", leases.prices().perMonth(podClass).toPlainString());
    }
    return ApiResponse.json(body);
  }

  ApiResponse setPrice(ApiRequest request, String none) {
    JsonNode body = Input.body(request);
    String podClass = body.path("class").asText(PodClass.SMALL.name());
    if (leases.prices().find(podClass).isEmpty()) {
      throw Input.bad("NO_SUCH_CLASS", "GET /price lists the classes there are.");
    }
    changePrice(podClass, Input.positive(body.path("costPerMonth"), "costPerMonth"));
    return price(request, none);
  }

  void changePrice(String podClass, BigDecimal costPerMonth) {
    try {
      leases.prices().change(podClass, costPerMonth);
    } catch (IllegalArgumentException e) {
      throw Input.bad("BAD_PRICE", String.valueOf(e.getMessage()));
    }
    log.info("price changed class={} costPerMonth={}", podClass, costPerMonth);
  }

  ApiResponse drain(ApiRequest request, String none) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    return ApiResponse.json(body.put("draining", drain.isOn()).put("pods", leases.count()));
  }

  ApiResponse setDrain(ApiRequest request, String none) {
    JsonNode draining = Input.body(request).path("draining");
    if (!draining.isBoolean()) {
      throw Input.bad("BAD_FLAG", "\"draining\" is true or false.");
    }
    drain.set(draining.booleanValue());
    log.info("drain changed draining={}", drain.isOn());
    return drain(request, none);
  }

  ApiResponse ledger(ApiRequest request, String none) {
    Ledger.Summary summary = ledger.summary();
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("currency", ledger.asset().code());
    body.put("scale", ledger.asset().scale());
    body.put("received", summary.received().toUnits().toPlainString());
    body.put("earned", summary.earned().toUnits().toPlainString());
    body.put("owed", summary.owed().toUnits().toPlainString());
    body.put("refunded", summary.refunded().toUnits().toPlainString());
    body.put("unconfirmedPackets", summary.unconfirmed());
    return ApiResponse.json(body);
  }
}
