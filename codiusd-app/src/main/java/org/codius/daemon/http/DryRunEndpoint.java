package org.codius.daemon.http;

import static com.fasterxml.jackson.databind.node.JsonNodeFactory.instance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import org.codius.daemon.lease.LeaseService;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.Verdict;
import org.codius.manifest.Environment;
import org.codius.manifest.InvalidManifestException;
import org.codius.manifest.ManifestParser;
import org.codius.manifest.PodRequest;

/**
 * {@code POST /pods?dryRun=true}: whether an upload would be sold, by every rule there is. Nothing
 * is paid, started or kept.
 */
final class DryRunEndpoint implements Endpoint {

  private final LeaseService leases;
  private final URI publicUri;

  DryRunEndpoint(LeaseService leases, URI publicUri) {
    this.leases = leases;
    this.publicUri = publicUri;
  }

  @Override
  public ApiResponse respond(ApiRequest request) {
    request.requireJson();
    Duration duration = PodQuery.duration(request);
    ObjectNode body = instance.objectNode();
    ArrayNode rules = instance.arrayNode();
    boolean isManifestGood = judgeManifest(request, duration, body, rules);
    body.put("admitted", isManifestGood && allPass(rules));
    body.set("rules", rules);
    return ApiResponse.json(body);
  }

  private boolean judgeManifest(
      ApiRequest request, Duration duration, ObjectNode body, ArrayNode rules) {
    PodRequest pod;
    try {
      pod = ManifestParser.parseRequest(request.body(), leases.manifestRules());
    } catch (InvalidManifestException e) {
      fail(rules, "MANIFEST", Refusals.body(e));
      return false;
    }
    pass(rules, "MANIFEST");
    body.put("manifestHash", pod.manifest().hash().value());
    if (leases.isSold(duration)) {
      body.put("price", leases.quote(pod, duration).baseUnits().toString());
    }
    try {
      Environment.resolve(pod.manifest(), pod.privateVariables(), publicUri.toString());
      pass(rules, "VARIABLES");
    } catch (InvalidManifestException e) {
      fail(rules, "VARIABLES", Refusals.body(e));
    }
    for (Verdict verdict : leases.judge(new Order.Upload(pod, duration))) {
      verdict
          .refusal()
          .ifPresentOrElse(
              refusal -> fail(rules, verdict.rule(), Refusals.body(refusal)),
              () -> pass(rules, verdict.rule()));
    }
    return true;
  }

  private static boolean allPass(ArrayNode rules) {
    for (JsonNode rule : rules) {
      if (!rule.path("passes").booleanValue()) {
        return false;
      }
    }
    return true;
  }

  private static void pass(ArrayNode rules, String rule) {
    rules.addObject().put("rule", rule).put("passes", true);
  }

  private static void fail(ArrayNode rules, String rule, ObjectNode refusal) {
    rules.addObject().put("rule", rule).put("passes", false).set("refusal", refusal);
  }
}
