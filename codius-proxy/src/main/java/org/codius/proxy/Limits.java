package org.codius.proxy;

/**
 * What a client may use.
 *
 * @param connections clients connected at one time; more are closed as they come
 * @param connectionsPerAddress the same from one IPv4 address or IPv6 /64 network; of clients that
 *     a trusted proxy speaks for, the address it names by the PROXY protocol counts
 * @param requestsPerConnection after so many a connection is closed
 * @param requestLine bytes of a request line; longer is a 414
 * @param head bytes of a request's head, and of the trailers of a message; longer is a 431
 * @param fields header fields of a head, of a request or of an answer
 * @param bodyRate bytes a second of a request's body that a client has to send on average over each
 *     {@link Timeouts#body}; slower is a 408
 * @param writeBuffer bytes waiting for a slow reader before the other side is no longer read
 */
public record Limits(
    int connections,
    int connectionsPerAddress,
    int requestsPerConnection,
    int requestLine,
    int head,
    int fields,
    int bodyRate,
    int writeBuffer) {

  public static final Limits DEFAULT =
      new Limits(10_000, 1000, 10_000, 8 * 1024, 16 * 1024, 100, 100, 64 * 1024);

  public Limits {
    Positive.require("connections", connections);
    Positive.require("connectionsPerAddress", connectionsPerAddress);
    Positive.require("requestsPerConnection", requestsPerConnection);
    Positive.require("requestLine", requestLine);
    Positive.require("head", head);
    Positive.require("fields", fields);
    Positive.require("bodyRate", bodyRate);
    Positive.require("writeBuffer", writeBuffer);
  }

  public Limits withConnections(int changed) {
    return new Limits(
        changed,
        connectionsPerAddress,
        requestsPerConnection,
        requestLine,
        head,
        fields,
        bodyRate,
        writeBuffer);
  }

  public Limits withConnectionsPerAddress(int changed) {
    return new Limits(
        connections,
        changed,
        requestsPerConnection,
        requestLine,
        head,
        fields,
        bodyRate,
        writeBuffer);
  }

  public Limits withRequestsPerConnection(int changed) {
    return new Limits(
        connections,
        connectionsPerAddress,
        changed,
        requestLine,
        head,
        fields,
        bodyRate,
        writeBuffer);
  }

  public Limits withRequestLine(int changed) {
    return new Limits(
        connections,
        connectionsPerAddress,
        requestsPerConnection,
        changed,
        head,
        fields,
        bodyRate,
        writeBuffer);
  }

  public Limits withHead(int changed) {
    return new Limits(
        connections,
        connectionsPerAddress,
        requestsPerConnection,
        requestLine,
        changed,
        fields,
        bodyRate,
        writeBuffer);
  }

  public Limits withFields(int changed) {
    return new Limits(
        connections,
        connectionsPerAddress,
        requestsPerConnection,
        requestLine,
        head,
        changed,
        bodyRate,
        writeBuffer);
  }

  public Limits withBodyRate(int changed) {
    return new Limits(
        connections,
        connectionsPerAddress,
        requestsPerConnection,
        requestLine,
        head,
        fields,
        changed,
        writeBuffer);
  }

  public Limits withWriteBuffer(int changed) {
    return new Limits(
        connections,
        connectionsPerAddress,
        requestsPerConnection,
        requestLine,
        head,
        fields,
        bodyRate,
        changed);
  }
}
