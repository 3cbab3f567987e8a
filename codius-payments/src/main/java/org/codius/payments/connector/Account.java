package org.codius.payments.connector;

import java.time.InstantSource;
import org.codius.payments.PacketHandler;
import org.interledger.connector.accounts.AccountSettings;

/**
 * Somebody we switch packets for.
 *
 * @param name where it is below the connector's own address, {@code local.<hash>}; empty for the
 *     parent, which is above it
 * @param link takes the Prepares that go to it
 */
record Account(
    AccountSettings settings, String name, Balance balance, PacketRate rate, PacketHandler link) {

  /** Returns an account with that balance, and the rate its settings grant. */
  static Account of(
      AccountSettings settings,
      String name,
      Balance balance,
      PacketHandler link,
      InstantSource clock) {
    PacketRate rate = new PacketRate(settings.rateLimitSettings().maxPacketsPerSecond(), clock);
    return new Account(settings, name, balance, rate, link);
  }

  boolean isParent() {
    return settings.isParentAccount();
  }
}
