package org.codius.payments.connector;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.interledger.core.InterledgerAddress;
import org.jspecify.annotations.Nullable;

/**
 * Who is next on the way to an address: below our own, the account with the longest prefix of it,
 * in whole segments ({@code test.a} is no prefix of {@code test.ab}); anywhere else, the parent.
 *
 * <p>Safe for use by several threads.
 */
final class Routes {

  /** The name of a local child, whether it ever connected or not, and of what is below it. */
  private static final Pattern LOCAL_CHILD = Pattern.compile("local\\.[A-Za-z0-9_-]{43}(\\..+)?");

  private final Supplier<InterledgerAddress> connector;
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();
  private volatile @Nullable Account parent;

  Routes(Supplier<InterledgerAddress> connector) {
    this.connector = connector;
  }

  /** Adds an account, and returns whether its name was free. */
  boolean add(Account account) {
    return accounts.putIfAbsent(account.name(), account) == null;
  }

  void remove(Account account) {
    accounts.remove(account.name(), account);
  }

  void parent(Account account) {
    parent = account;
  }

  /** Returns whether it is the address of a child that needs no account beforehand. */
  boolean isOfLocalChild(InterledgerAddress destination) {
    String own = connector.get().getValue() + ".";
    String address = destination.getValue();
    return address.startsWith(own)
        && LOCAL_CHILD.matcher(address.substring(own.length())).matches();
  }

  Optional<Account> find(InterledgerAddress destination) {
    String own = connector.get().getValue();
    String address = destination.getValue();
    if (!address.startsWith(own)) {
      return Optional.ofNullable(parent);
    }
    if (address.length() == own.length()) {
      return Optional.empty(); // the connector itself, which receives nothing
    }
    if (address.charAt(own.length()) != '.') {
      return Optional.ofNullable(parent);
    }
    String prefix = address.substring(own.length() + 1);
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
