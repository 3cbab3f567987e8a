package org.codius.payments.connector;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.interledger.core.InterledgerAddress;

/**
 * Who is next on the way to an address: the account with the longest prefix of it, in whole
 * segments. {@code test.a} is no prefix of {@code test.ab}.
 *
 * <p>Safe for use by several threads.
 */
final class Routes {

  private final Map<String, Account> accounts = new ConcurrentHashMap<>();

  void add(Account account) {
    accounts.put(account.address().getValue(), account);
  }

  void remove(Account account) {
    accounts.remove(account.address().getValue(), account);
  }

  Optional<Account> find(InterledgerAddress destination) {
    String prefix = destination.getValue();
    while (true) {
      Account account = accounts.get(prefix);
      int dot = prefix.lastIndexOf('.');
      if (account != null || dot < 0) {
        return Optional.ofNullable(account);
      }
      prefix = prefix.substring(0, dot);
    }
  }
}
