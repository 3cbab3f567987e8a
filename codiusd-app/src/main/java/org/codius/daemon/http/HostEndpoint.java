package org.codius.daemon.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.regex.Pattern;
import org.codius.daemon.lease.LeaseService;

/** What the host says of itself, to peers, monitors and people. */
final class HostEndpoint {

  private static final String NAME = "Codiusd (Java)";
  private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,2}|1000");

  private final LeaseService leases;
  private final HostInfo info;
  private final InstantSource clock;

  HostEndpoint(LeaseService leases, HostInfo info, InstantSource clock) {
    this.leases = leases;
    this.info = info;
    this.clock = clock;
  }

  ApiResponse version(ApiRequest request) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    return ApiResponse.json(body.put("name", NAME).put("version", info.version()));
  }

  /** The original's fields by their names, then ours. */
  ApiResponse info(ApiRequest request) {
    boolean isRoom = leases.isRoom();
    boolean isHealthy = info.isHealthy().getAsBoolean();
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("fullMem", !isRoom);
    body.put("acceptingUploads", isRoom && isHealthy);
    body.put("serverFreeMemory", Machine.availableMemory());
    body.put("serverUptime", Machine.uptime());
    body.put("serviceUptime", uptime().toMillis() / 1000.0);
    body.put("avgLoad", Machine.load());
    body.put("numPeers", 0);
    body.put("currency", info.asset().code());
    body.put("costPerMonth", info.costPerMonth());
    body.put("uri", info.publicUri().toString());
    body.put("selfTestSuccess", isHealthy);
    body.put("runningContracts", leases.count());
    body.put("assetScale", info.asset().scale());
    body.put("playMoney", info.isPlayMoney());
    body.put("runtime", info.runtime().name());
    body.put("isolation", info.runtime().isolation().name().toLowerCase(Locale.ROOT));
    return ApiResponse.json(body);
  }

  ApiResponse memory(ApiRequest request) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    return ApiResponse.json(body.put("freeMem", Machine.availableMemory()));
  }

  /** This host knows no others. The limit is checked all the same: clients see the same errors. */
  ApiResponse peers(ApiRequest request) {
    if (!LIMIT.matcher(request.parameter("limit").orElse("1000")).matches()) {
      throw new ApiException(
          HttpResponseStatus.BAD_REQUEST,
          "Invalid request query input",
          "INVALID_LIMIT",
          "limit is a whole number from 1 to 1000.");
    }
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putArray("peers");
    return ApiResponse.json(body);
  }

  ApiResponse page(ApiRequest request) {
    return ApiResponse.html(InfoPage.of(info, uptime(), leases.count(), leases.isRoom()));
  }

  private Duration uptime() {
    return Duration.between(info.startedAt(), clock.instant());
  }
}
