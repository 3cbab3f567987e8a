package org.codius.payments.btp;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A packet of BTP 2.0 (RFC 23 §Packet Structure).
 *
 * <p>Messages and Transfers ask; Responses and Failures answer the packet whose id they carry.
 */
sealed interface BtpPacket {

  /** Returns the id that ties question and answer together, unique among those under way. */
  int requestId();

  /** Returns what it carries, a copy nobody changes. */
  List<ProtocolData> protocolData();

  /** Returns the first entry of that name, or empty. */
  default Optional<ProtocolData> find(String name) {
    return protocolData().stream().filter(entry -> entry.name().equals(name)).findFirst();
  }

  /** Type 6. */
  record Message(int requestId, List<ProtocolData> protocolData) implements BtpPacket {

    public Message {
      protocolData = List.copyOf(protocolData);
    }
  }

  /** Type 1. */
  record Response(int requestId, List<ProtocolData> protocolData) implements BtpPacket {

    public Response {
      protocolData = List.copyOf(protocolData);
    }
  }

  /**
   * Type 2, called Error in the RFC.
   *
   * @param code three characters, {@code F00}
   * @param name what the code means, {@code NotAcceptedError}
   * @param text what went wrong, for people
   */
  record Failure(
      int requestId,
      String code,
      String name,
      Instant triggeredAt,
      String text,
      List<ProtocolData> protocolData)
      implements BtpPacket {

    public Failure {
      protocolData = List.copyOf(protocolData);
    }

    /** Returns the answer to a packet that cannot be accepted, and will not be if sent again. */
    static Failure notAccepted(int requestId, Instant now, String text) {
      return new Failure(requestId, "F00", "NotAcceptedError", now, text, List.of());
    }

    /** Returns the answer to a packet that may be accepted if it is sent again later. */
    static Failure unreachable(int requestId, Instant now) {
      return new Failure(requestId, "T00", "UnreachableError", now, "try again later", List.of());
    }
  }

  /**
   * Type 7: a claim that money moved outside of BTP.
   *
   * @param amount unsigned
   */
  record Transfer(int requestId, long amount, List<ProtocolData> protocolData)
      implements BtpPacket {

    public Transfer {
      protocolData = List.copyOf(protocolData);
    }
  }
}
