package org.codius.proxy;

import java.time.Duration;

/**
 * How long the proxy waits for a client.
 *
 * @param head for a whole request head, from its first byte
 * @param body for more of a request's body
 * @param idle for the next request of a connection; and, once a client has closed its half of it,
 *     for more of the answer
 * @param write for a client that takes nothing of what waits for it
 * @param tunnel for any byte either way after an upgrade, as to WebSocket
 * @param linger for a client to read a refusal before its connection is cut
 * @param drain for requests under way when the proxy closes
 */
public record Timeouts(
    Duration head,
    Duration body,
    Duration idle,
    Duration write,
    Duration tunnel,
    Duration linger,
    Duration drain) {

  public static final Timeouts DEFAULT =
      new Timeouts(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofHours(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(10));

  public Timeouts {
    Positive.require("head", head);
    Positive.require("body", body);
    Positive.require("idle", idle);
    Positive.require("write", write);
    Positive.require("tunnel", tunnel);
    Positive.require("linger", linger);
    Positive.require("drain", drain);
  }

  public Timeouts withHead(Duration changed) {
    return new Timeouts(changed, body, idle, write, tunnel, linger, drain);
  }

  public Timeouts withBody(Duration changed) {
    return new Timeouts(head, changed, idle, write, tunnel, linger, drain);
  }

  public Timeouts withIdle(Duration changed) {
    return new Timeouts(head, body, changed, write, tunnel, linger, drain);
  }

  public Timeouts withWrite(Duration changed) {
    return new Timeouts(head, body, idle, changed, tunnel, linger, drain);
  }

  public Timeouts withTunnel(Duration changed) {
    return new Timeouts(head, body, idle, write, changed, linger, drain);
  }

  public Timeouts withLinger(Duration changed) {
    return new Timeouts(head, body, idle, write, tunnel, changed, drain);
  }

  public Timeouts withDrain(Duration changed) {
    return new Timeouts(head, body, idle, write, tunnel, linger, changed);
  }
}
