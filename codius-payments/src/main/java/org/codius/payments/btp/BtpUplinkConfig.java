package org.codius.payments.btp;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.time.Duration;

/**
 * How to reach a parent over BTP.
 *
 * @param uri {@code btp+ws://user:token@host:port} or {@code btp+wss://…}; the user may be empty.
 *     Keep the token: with many parents it decides what our address is
 * @param connectTimeout patience with one attempt, from TCP to the answer of IL-DCP
 * @param responseTimeout patience with the answer to a Prepare that expires later than that
 * @param heartbeat how long the link may be silent before we ping; twice that, and it is dropped
 * @param reconnectMinimum the wait before the first attempt to reconnect; doubled after each
 * @param reconnectMaximum the longest wait between two attempts
 * @param maximumPending how many Prepares may be under way at once, each way
 * @param maximumFrame how many bytes a WebSocket message may have
 */
public record BtpUplinkConfig(
    URI uri,
    Duration connectTimeout,
    Duration responseTimeout,
    Duration heartbeat,
    Duration reconnectMinimum,
    Duration reconnectMaximum,
    int maximumPending,
    int maximumFrame) {

  public BtpUplinkConfig {
    requireNonNull(connectTimeout, "connectTimeout");
    requireNonNull(responseTimeout, "responseTimeout");
    requireNonNull(heartbeat, "heartbeat");
    requireNonNull(reconnectMinimum, "reconnectMinimum");
    requireNonNull(reconnectMaximum, "reconnectMaximum");
    BtpAddress.parse(uri); // refuses what it cannot read
  }

  /** Returns the configuration for {@code uri} with every other value at its default. */
  public static BtpUplinkConfig of(URI uri) {
    return new BtpUplinkConfig(
        uri,
        Duration.ofSeconds(10),
        Duration.ofSeconds(35),
        Duration.ofSeconds(20),
        Duration.ofMillis(100),
        Duration.ofSeconds(5),
        1_000,
        BtpLimits.MAXIMUM_FRAME);
  }

  /** Leaves user and token out. */
  @Override
  public String toString() {
    return "BtpUplinkConfig[" + BtpAddress.parse(uri) + "]";
  }
}
