package org.codius.proxy;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the front door behaves.
 *
 * @param bind where it listens; port 0 takes a free one
 * @param trusted proxies in front of this one: their {@code X-Forwarded-} fields are added to
 *     instead of replaced, and they may speak the PROXY protocol
 * @param accessLog is told of every request
 * @param tls has the certificates; null serves without TLS
 * @param redirect has clients that come without TLS come back with it; null has no port for them
 */
public record ProxyConfig(
    InetSocketAddress bind,
    Limits limits,
    Timeouts timeouts,
    List<Subnet> trusted,
    AccessLog accessLog,
    Http2 http2,
    @Nullable TlsContexts tls,
    @Nullable Redirect redirect) {

  /** What a connection's window is by itself (RFC 9113 §6.9.2). */
  private static final int DEFAULT_WINDOW = 65_535;

  /** Loopback, port 3000. */
  public static final ProxyConfig DEFAULT =
      new ProxyConfig(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), 3000),
          Limits.DEFAULT,
          Timeouts.DEFAULT,
          List.of(),
          AccessLog.OFF,
          Http2.DEFAULT,
          null,
          null);

  public ProxyConfig {
    requireNonNull(bind, "bind");
    requireNonNull(limits, "limits");
    requireNonNull(timeouts, "timeouts");
    trusted = List.copyOf(trusted);
    requireNonNull(accessLog, "accessLog");
    requireNonNull(http2, "http2");
    if (redirect != null && tls == null) {
      throw new IllegalArgumentException("redirect: " + redirect + " (expected: none without tls)");
    }
    if (bind.isUnresolved()) {
      throw new IllegalArgumentException("bind: " + bind + " (expected: an IP address and a port)");
    }
  }

  public ProxyConfig withBind(InetSocketAddress address) {
    return new ProxyConfig(address, limits, timeouts, trusted, accessLog, http2, tls, redirect);
  }

  public ProxyConfig withLimits(Limits changed) {
    return new ProxyConfig(bind, changed, timeouts, trusted, accessLog, http2, tls, redirect);
  }

  public ProxyConfig withTimeouts(Timeouts changed) {
    return new ProxyConfig(bind, limits, changed, trusted, accessLog, http2, tls, redirect);
  }

  public ProxyConfig withTrusted(List<Subnet> changed) {
    return new ProxyConfig(bind, limits, timeouts, changed, accessLog, http2, tls, redirect);
  }

  public ProxyConfig withAccessLog(AccessLog changed) {
    return new ProxyConfig(bind, limits, timeouts, trusted, changed, http2, tls, redirect);
  }

  public ProxyConfig withHttp2(Http2 changed) {
    return new ProxyConfig(bind, limits, timeouts, trusted, accessLog, changed, tls, redirect);
  }

  /** Returns the same with TLS. */
  public ProxyConfig withTls(TlsContexts contexts) {
    return new ProxyConfig(bind, limits, timeouts, trusted, accessLog, http2, contexts, redirect);
  }

  /** Returns the same with a port that only sends clients on to the one with TLS. */
  public ProxyConfig withRedirect(Redirect from) {
    return new ProxyConfig(bind, limits, timeouts, trusted, accessLog, http2, tls, from);
  }

  /**
   * What a client and a pod may use.
   *
   * @param connections clients connected at one time; more are closed as they come
   * @param connectionsPerAddress the same from one IPv4 address or IPv6 /64 network; of clients
   *     that a trusted proxy speaks for, the address it names by the PROXY protocol counts
   * @param requestsPerConnection after so many a connection is closed
   * @param requestLine bytes of a request line; longer is a 414
   * @param head bytes of a request's head, and of its trailers; longer is a 431
   * @param podHead bytes of the head of a pod's answer; longer is a 502
   * @param fields header fields of a head, of a request or of an answer
   * @param bodyRate bytes a second of a request's body that a client has to send on average over
   *     each {@link Timeouts#body}; slower is a 408
   * @param podConnections connections to one pod that are in use at one time; beyond is a 503
   * @param idlePodConnections connections kept open to one pod between requests, per event loop
   * @param writeBuffer bytes waiting for a slow reader before the other side is no longer read
   */
  public record Limits(
      int connections,
      int connectionsPerAddress,
      int requestsPerConnection,
      int requestLine,
      int head,
      int podHead,
      int fields,
      int bodyRate,
      int podConnections,
      int idlePodConnections,
      int writeBuffer) {

    public static final Limits DEFAULT =
        new Limits(
            10_000, 1000, 10_000, 8 * 1024, 16 * 1024, 64 * 1024, 100, 100, 5000, 32, 64 * 1024);

    public Limits {
      positive("connections", connections);
      positive("connectionsPerAddress", connectionsPerAddress);
      positive("requestsPerConnection", requestsPerConnection);
      positive("requestLine", requestLine);
      positive("head", head);
      positive("podHead", podHead);
      positive("fields", fields);
      positive("bodyRate", bodyRate);
      positive("podConnections", podConnections);
      if (idlePodConnections < 0) {
        throw new IllegalArgumentException(
            "idlePodConnections: " + idlePodConnections + " (expected: 0 or more)");
      }
      positive("writeBuffer", writeBuffer);
    }

    public Limits withConnections(int changed) {
      return new Limits(
          changed,
          connectionsPerAddress,
          requestsPerConnection,
          requestLine,
          head,
          podHead,
          fields,
          bodyRate,
          podConnections,
          idlePodConnections,
          writeBuffer);
    }

    public Limits withConnectionsPerAddress(int changed) {
      return new Limits(
          connections,
          changed,
          requestsPerConnection,
          requestLine,
          head,
          podHead,
          fields,
          bodyRate,
          podConnections,
          idlePodConnections,
          writeBuffer);
    }

    public Limits withRequestsPerConnection(int changed) {
      return new Limits(
          connections,
          connectionsPerAddress,
          changed,
          requestLine,
          head,
          podHead,
          fields,
          bodyRate,
          podConnections,
          idlePodConnections,
          writeBuffer);
    }

    public Limits withRequestLine(int changed) {
      return new Limits(
          connections,
          connectionsPerAddress,
          requestsPerConnection,
          changed,
          head,
          podHead,
          fields,
          bodyRate,
          podConnections,
          idlePodConnections,
          writeBuffer);
    }

    public Limits withHead(int changed) {
      return new Limits(
          connections,
          connectionsPerAddress,
          requestsPerConnection,
          requestLine,
          changed,
          podHead,
          fields,
          bodyRate,
          podConnections,
          idlePodConnections,
          writeBuffer);
    }

    public Limits withPodHead(int changed) {
      return new Limits(
          connections,
          connectionsPerAddress,
          requestsPerConnection,
          requestLine,
          head,
          changed,
          fields,
          bodyRate,
          podConnections,
          idlePodConnections,
          writeBuffer);
    }

    public Limits withFields(int changed) {
      return new Limits(
          connections,
          connectionsPerAddress,
          requestsPerConnection,
          requestLine,
          head,
          podHead,
          changed,
          bodyRate,
          podConnections,
          idlePodConnections,
          writeBuffer);
    }

    public Limits withBodyRate(int changed) {
      return new Limits(
          connections,
          connectionsPerAddress,
          requestsPerConnection,
          requestLine,
          head,
          podHead,
          fields,
          changed,
          podConnections,
          idlePodConnections,
          writeBuffer);
    }

    public Limits withPodConnections(int changed) {
      return new Limits(
          connections,
          connectionsPerAddress,
          requestsPerConnection,
          requestLine,
          head,
          podHead,
          fields,
          bodyRate,
          changed,
          idlePodConnections,
          writeBuffer);
    }

    public Limits withIdlePodConnections(int changed) {
      return new Limits(
          connections,
          connectionsPerAddress,
          requestsPerConnection,
          requestLine,
          head,
          podHead,
          fields,
          bodyRate,
          podConnections,
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
          podHead,
          fields,
          bodyRate,
          podConnections,
          idlePodConnections,
          changed);
    }

    private static void positive(String name, int value) {
      if (value <= 0) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
      }
    }
  }

  /**
   * A port without TLS, which only sends clients on.
   *
   * @param bind where it listens; port 0 takes a free one
   * @param port where clients find the one with TLS
   */
  public record Redirect(InetSocketAddress bind, int port) {
    public Redirect {
      requireNonNull(bind, "bind");
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
      }
    }
  }

  /**
   * What an HTTP/2 client may use.
   *
   * @param streams requests under way at a time on one connection
   * @param streamWindow bytes of a request's body that may wait for the pod to take them
   * @param connectionWindow the same of all requests of a connection together
   * @param resets requests that a client may cancel in 30 s before its connection is closed
   * @param idleFrames frames in 10 s that go with no request, content or answer, such as PING,
   *     before its connection is closed
   */
  public record Http2(
      int streams, int streamWindow, int connectionWindow, int resets, int idleFrames) {

    public static final Http2 DEFAULT = new Http2(100, 256 * 1024, 1024 * 1024, 200, 1000);

    public Http2 {
      Limits.positive("streams", streams);
      Limits.positive("streamWindow", streamWindow);
      if (connectionWindow <= DEFAULT_WINDOW) {
        throw new IllegalArgumentException(
            "connectionWindow: "
                + connectionWindow
                + " (expected: more than "
                + DEFAULT_WINDOW
                + ")");
      }
      Limits.positive("resets", resets);
      Limits.positive("idleFrames", idleFrames);
    }
  }

  /**
   * How long the proxy waits.
   *
   * @param head for a whole request head, from its first byte
   * @param body for more of a request's body
   * @param idle for the next request of a connection; and, once a client has closed its half of it,
   *     for more of the answer
   * @param write for a client that takes nothing of what waits for it
   * @param connect for a pod to accept a connection
   * @param answer for a pod to begin its answer
   * @param answerBody for more of the body of a pod's answer
   * @param tunnel for any byte either way after an upgrade, as to WebSocket
   * @param podIdle before a connection kept to a pod is closed; below the 5 s after which many
   *     servers close it themselves
   * @param podAge before a connection to a pod is no longer kept for the next request
   * @param linger for a client to read a refusal before its connection is cut
   * @param drain for requests under way when the proxy closes
   */
  public record Timeouts(
      Duration head,
      Duration body,
      Duration idle,
      Duration write,
      Duration connect,
      Duration answer,
      Duration answerBody,
      Duration tunnel,
      Duration podIdle,
      Duration podAge,
      Duration linger,
      Duration drain) {

    public static final Timeouts DEFAULT =
        new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            Duration.ofSeconds(4),
            Duration.ofMinutes(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10));

    public Timeouts {
      positive("head", head);
      positive("body", body);
      positive("idle", idle);
      positive("write", write);
      positive("connect", connect);
      positive("answer", answer);
      positive("answerBody", answerBody);
      positive("tunnel", tunnel);
      positive("podIdle", podIdle);
      positive("podAge", podAge);
      positive("linger", linger);
      positive("drain", drain);
    }

    public Timeouts withHead(Duration changed) {
      return new Timeouts(
          changed,
          body,
          idle,
          write,
          connect,
          answer,
          answerBody,
          tunnel,
          podIdle,
          podAge,
          linger,
          drain);
    }

    public Timeouts withBody(Duration changed) {
      return new Timeouts(
          head,
          changed,
          idle,
          write,
          connect,
          answer,
          answerBody,
          tunnel,
          podIdle,
          podAge,
          linger,
          drain);
    }

    public Timeouts withIdle(Duration changed) {
      return new Timeouts(
          head,
          body,
          changed,
          write,
          connect,
          answer,
          answerBody,
          tunnel,
          podIdle,
          podAge,
          linger,
          drain);
    }

    public Timeouts withWrite(Duration changed) {
      return new Timeouts(
          head,
          body,
          idle,
          changed,
          connect,
          answer,
          answerBody,
          tunnel,
          podIdle,
          podAge,
          linger,
          drain);
    }

    public Timeouts withConnect(Duration changed) {
      return new Timeouts(
          head,
          body,
          idle,
          write,
          changed,
          answer,
          answerBody,
          tunnel,
          podIdle,
          podAge,
          linger,
          drain);
    }

    public Timeouts withAnswer(Duration changed) {
      return new Timeouts(
          head,
          body,
          idle,
          write,
          connect,
          changed,
          answerBody,
          tunnel,
          podIdle,
          podAge,
          linger,
          drain);
    }

    public Timeouts withAnswerBody(Duration changed) {
      return new Timeouts(
          head, body, idle, write, connect, answer, changed, tunnel, podIdle, podAge, linger,
          drain);
    }

    public Timeouts withTunnel(Duration changed) {
      return new Timeouts(
          head,
          body,
          idle,
          write,
          connect,
          answer,
          answerBody,
          changed,
          podIdle,
          podAge,
          linger,
          drain);
    }

    public Timeouts withPodIdle(Duration changed) {
      return new Timeouts(
          head,
          body,
          idle,
          write,
          connect,
          answer,
          answerBody,
          tunnel,
          changed,
          podAge,
          linger,
          drain);
    }

    public Timeouts withPodAge(Duration changed) {
      return new Timeouts(
          head,
          body,
          idle,
          write,
          connect,
          answer,
          answerBody,
          tunnel,
          podIdle,
          changed,
          linger,
          drain);
    }

    public Timeouts withLinger(Duration changed) {
      return new Timeouts(
          head,
          body,
          idle,
          write,
          connect,
          answer,
          answerBody,
          tunnel,
          podIdle,
          podAge,
          changed,
          drain);
    }

    public Timeouts withDrain(Duration changed) {
      return new Timeouts(
          head,
          body,
          idle,
          write,
          connect,
          answer,
          answerBody,
          tunnel,
          podIdle,
          podAge,
          linger,
          changed);
    }

    private static void positive(String name, Duration value) {
      if (value.isZero() || value.isNegative()) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0)");
      }
    }
  }
}
