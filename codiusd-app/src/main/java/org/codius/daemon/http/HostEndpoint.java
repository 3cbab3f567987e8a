package org.codius.daemon.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import org.codius.daemon.lease.LeaseService;
import org.codius.daemon.lease.PodClass;
import org.codius.daemon.peers.Peers;
import org.codius.daemon.receipt.HostKey;
import org.codius.daemon.selftest.SelfTestStatus;

/** What the host says of itself, to peers, monitors and people. */
final class HostEndpoint {

  static final String NAME = "Codiusd (Java)";

  private static final ObjectNode OPEN_API = readOpenApi();

  private final LeaseService leases;
  private final Peers peers;
  private final HostInfo info;
  private final HostKey key;
  private final InstantSource clock;

  HostEndpoint(LeaseService leases, Peers peers, HostInfo info, HostKey key, InstantSource clock) {
    this.key = key;
    this.leases = leases;
    this.peers = peers;
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
    SelfTestStatus selfTest = info.selfTest().get();
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("fullMem", !isRoom);
    body.put("acceptingUploads", isRoom && isHealthy && selfTest.isOpen());
    body.put("serverFreeMemory", Machine.availableMemory());
    body.put("serverUptime", Machine.uptime());
    body.put("serviceUptime", uptime().toMillis() / 1000.0);
    body.put("avgLoad", Machine.load());
    body.put("numPeers", peers.count());
    body.put("currency", info.asset().code());
    body.put("costPerMonth", costPerMonth());
    body.put("uri", info.publicUri().toString());
    body.put("selfTestSuccess", isHealthy && selfTest.isGood());
    if (info.arePodsCounted()) {
      body.put("runningContracts", leases.count());
    }
    if (request.parameter("requestPeers").orElse("false").equals("true")) {
      ArrayNode known = body.putArray("peers");
      peers.sample(Peers.MAXIMUM).forEach(peer -> known.add(peer.toString()));
    }
    body.put("assetScale", info.asset().scale());
    body.set("classes", classes());
    body.put("connected", info.isConnected().getAsBoolean());
    body.put("playMoney", info.isPlayMoney());
    body.put("runtime", info.runtime().get().name());
    body.put("isolation", info.runtime().get().isolation().name().toLowerCase(Locale.ROOT));
    body.put("hostKey", key.publicKey());
    body.set("selfTest", describe(selfTest));
    return ApiResponse.json(body);
  }

  private ArrayNode classes() {
    ArrayNode classes = JsonNodeFactory.instance.arrayNode();
    for (PodClass podClass : leases.prices().classes()) {
      classes
          .addObject()
          .put("machine", podClass.name())
          .put("cpus", podClass.resources().cpus())
          .put("memoryMib", podClass.resources().memoryMib())
          .put("diskMib", podClass.resources().diskMib())
          .put("costPerMonth", leases.prices().perMonth(podClass));
    }
    return classes;
  }

  private static ObjectNode describe(SelfTestStatus selfTest) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("state", selfTest.state().name().toLowerCase(Locale.ROOT));
    selfTest
        .last()
        .ifPresent(
            last ->
                body.put("at", last.at().toString())
                    .put("message", last.message())
                    .put("help", last.help()));
    return body;
  }

  ApiResponse memory(ApiRequest request) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    return ApiResponse.json(body.put("freeMem", Machine.availableMemory()));
  }

  /** The document that describes all of these calls. */
  ApiResponse openApi(ApiRequest request) {
    return ApiResponse.json(OPEN_API);
  }

  ApiResponse page(ApiRequest request) {
    return ApiResponse.html(
        InfoPage.of(info, costPerMonth(), uptime(), leases.count(), leases.isRoom()));
  }

  /** Of the smallest class: what whoever asks for nothing else gets. */
  private BigDecimal costPerMonth() {
    return leases.prices().perMonth(PodClass.SMALL);
  }

  private static ObjectNode readOpenApi() {
    try (InputStream in = HostEndpoint.class.getResourceAsStream("openapi.json")) {
      return (ObjectNode) new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Duration uptime() {
    return Duration.between(info.startedAt(), clock.instant());
  }
}
