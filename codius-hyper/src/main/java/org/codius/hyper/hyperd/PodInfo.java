package org.codius.hyper.hyperd;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.codius.hyper.PodId;
import org.codius.hyper.PodStatus;

/**
 * What hyperd tells of one pod. Absent fields mean zero or empty.
 *
 * @param vm the virtual machine the address was read in, which may be one the pod has no more
 * @param address of the pod in that machine
 * @param createdAt seconds since 1970
 */
@SuppressWarnings("OptionalUsedAsFieldOrParameterType") // a component is an accessor first
record PodInfo(
    String vm, Optional<InetAddress> address, long createdAt, List<Container> containers) {

  /** What hyperd's container names begin with; they are unique among all pods. */
  static String containerPrefix(PodId id) {
    return id + "__";
  }

  /** Returns the name in its pod of what hyperd calls {@code name}. */
  static String containerName(PodId id, String name) {
    String prefix = containerPrefix(id);
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  static PodInfo parse(JsonNode json) {
    JsonNode status = json.path("status");
    List<Container> containers = new ArrayList<>();
    for (JsonNode container : status.path("containerStatus")) {
      containers.add(Container.parse(container));
    }
    return new PodInfo(
        json.path("vm").asText(),
        parseAddress(status.path("podIP")),
        json.path("createdAt").asLong(),
        List.copyOf(containers));
  }

  private static Optional<InetAddress> parseAddress(JsonNode addresses) {
    String text = addresses.path(0).asText().replaceFirst("/.*", "");
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      throw new AssertionError("an address has 4 or 16 bytes", e);
    }
  }

  /**
   * One container of it.
   *
   * @param name hyperd's
   * @param phase {@code pending}, {@code running}, {@code succeeded} or {@code failed}
   * @param exitCode of a phase that has one; the field is absent for zero
   */
  record Container(String name, String id, String phase, OptionalInt exitCode, String reason) {

    static Container parse(JsonNode json) {
      JsonNode terminated = json.path("terminated");
      boolean hasEnded = terminated.hasNonNull("finishedAt") || terminated.hasNonNull("reason");
      String name = json.path("name").asText();
      return new Container(
          name.startsWith("/") ? name.substring(1) : name,
          json.path("containerID").asText(),
          json.path("phase").asText(),
          hasEnded ? OptionalInt.of(terminated.path("exitCode").asInt(0)) : OptionalInt.empty(),
          (hasEnded ? terminated : json.path("waiting")).path("reason").asText());
    }

    boolean isRunning() {
      return phase.equals("running");
    }

    /** Returns its status in the pod {@code id} that is up or not. */
    PodStatus.Container status(PodId id, boolean isPodUp) {
      return new PodStatus.Container(
          containerName(id, name),
          "",
          isPodUp && isRunning(),
          exitCode,
          isPodUp || exitCode.isPresent() ? reason : "pod is down");
    }
  }
}
