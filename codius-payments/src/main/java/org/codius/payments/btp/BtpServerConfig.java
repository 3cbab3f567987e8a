package org.codius.payments.btp;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Where to take BTP connections, and on what terms.
 *
 * @param listen port 0 takes a free one
 * @param isLocal whether to refuse, before any upgrade, every handshake that carries an {@code
 *     Origin} or calls us by other than a loopback name. Keeps web pages out
 * @param authenticationTimeout patience with a connection that has not named itself
 * @param responseTimeout patience with the answer to a Prepare that expires later than that
 * @param heartbeat how long a link may be silent before we ping; twice that, and it is dropped
 * @param maximumConnections how many connections may be open at once
 * @param maximumPending how many Prepares of one link may be under way at once, each way
 * @param maximumFrame how many bytes a WebSocket message may have
 * @param maximumFailures after so many failed authentications within a minute an address is no
 *     longer let in for the rest of it; loopback addresses always are
 */
public record BtpServerConfig(
    InetSocketAddress listen,
    boolean isLocal,
    Duration authenticationTimeout,
    Duration responseTimeout,
    Duration heartbeat,
    int maximumConnections,
    int maximumPending,
    int maximumFrame,
    int maximumFailures) {

  public BtpServerConfig {
    requireNonNull(listen, "listen");
    requireNonNull(authenticationTimeout, "authenticationTimeout");
    requireNonNull(responseTimeout, "responseTimeout");
    requireNonNull(heartbeat, "heartbeat");
  }

  /** Returns the configuration for that address with every other value at its default. */
  public static BtpServerConfig of(InetSocketAddress listen, boolean isLocal) {
    return new BtpServerConfig(
        listen,
        isLocal,
        Duration.ofSeconds(5),
        Duration.ofSeconds(35),
        Duration.ofSeconds(20),
        1_000,
        1_000,
        BtpLimits.MAXIMUM_FRAME,
        20);
  }
}
