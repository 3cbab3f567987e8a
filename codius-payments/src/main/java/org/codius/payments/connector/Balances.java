package org.codius.payments.connector;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.primitives.UnsignedLong;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.interledger.connector.accounts.AccountId;
import org.interledger.connector.accounts.AccountSettings;

/**
 * The balances of all accounts, in memory where packets hold them and in the books.
 *
 * <p>A balance is kept for as long as somebody has it, a packet under way included: an account that
 * is closed and opened again does not forget what it is spending. Safe for use by several threads.
 */
final class Balances {

  private static final String FAUCET = "faucet";

  private final AccountBooks books;
  private final Asset asset;
  private final Cache<String, Balance> known = CacheBuilder.newBuilder().weakValues().build();

  Balances(AccountBooks books, Asset asset) {
    this.books = books;
    this.asset = asset;
  }

  /** Returns an account's balance, which starts at what is in the books. */
  CompletionStage<Balance> open(AccountSettings settings) {
    String name = nameOf(settings);
    Balance current = known.getIfPresent(name);
    if (current != null) {
      return CompletableFuture.completedStage(current);
    }
    Optional<Long> minimum = settings.balanceSettings().minBalance();
    return books
        .balance(name)
        .thenApply(start -> known.asMap().computeIfAbsent(name, n -> new Balance(start, minimum)));
  }

  /** Books what {@code from} already holds as {@code to}'s. */
  CompletionStage<Void> move(Account from, Account to, UnsignedLong amount) {
    if (from.balance() == to.balance()) {
      to.balance().add(amount);
      return CompletableFuture.completedStage(null);
    }
    return books
        .transfer(nameOf(from.settings()), nameOf(to.settings()), new Amount(amount, asset))
        .thenRun(() -> to.balance().add(amount));
  }

  /** Gives play money to an account. */
  CompletionStage<Void> grant(Account to, UnsignedLong amount) {
    return books
        .transfer(FAUCET, nameOf(to.settings()), new Amount(amount, asset))
        .thenRun(() -> to.balance().add(amount));
  }

  /** Returns an account's name in the books: {@code parent}, {@code host}, {@code child:<id>}. */
  static String nameOf(AccountSettings settings) {
    if (settings.isParentAccount()) {
      return "parent";
    }
    return settings.isInternal() ? "host" : nameOf(settings.accountId());
  }

  static String nameOf(AccountId child) {
    return "child:" + child.value();
  }
}
