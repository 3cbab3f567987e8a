package org.codius.payments.connector;

import java.time.InstantSource;
import org.codius.payments.PacketHandler;
import org.interledger.connector.accounts.AccountSettings;
import org.interledger.core.InterledgerAddress;

/**
 * Somebody we switch packets for.
 *
 * @param address where packets for it, and for everything below it, go
 * @param link takes the Prepares that go to it
 */
record Account(
    AccountSettings settings,
    InterledgerAddress address,
    Balance balance,
    PacketRate rate,
    PacketHandler link) {

  /** Returns a new account: it starts at zero, with the credit and rate its settings grant. */
  static Account of(
      AccountSettings settings,
      InterledgerAddress address,
      PacketHandler link,
      InstantSource clock) {
    return new Account(
        settings,
        address,
        new Balance(settings.balanceSettings().minBalance()),
        new PacketRate(settings.rateLimitSettings().maxPacketsPerSecond(), clock),
        link);
  }
}
