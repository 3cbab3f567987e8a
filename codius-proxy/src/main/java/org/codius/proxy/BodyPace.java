package org.codius.proxy;

/**
 * Has a watchdog bark when a request's body comes more slowly than {@link Limits#bodyRate}, on
 * average over {@link Timeouts#body}.
 *
 * <p>Confined to the channel's event loop.
 */
final class BodyPace {

  private final ProxyConfig config;
  private final Watchdog watch;

  /** Bytes that still have to come within the time that runs. */
  private long due;

  BodyPace(ProxyConfig config, Watchdog watch) {
    this.config = config;
    this.watch = watch;
  }

  /** Gives the client time to send a part of the body, and says how much that must be. */
  void begin() {
    due = Math.max(1, config.limits().bodyRate() * config.timeouts().body().toMillis() / 1000);
    watch.set(config.timeouts().body());
  }

  /** Notes that so many bytes have come. */
  void came(int bytes) {
    due -= bytes;
    if (due <= 0) {
      begin();
    }
  }
}
