package org.codius.payments.connector;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.codius.payments.PacketHandler;
import org.codius.payments.PaymentException;
import org.codius.payments.btp.BtpDoor;
import org.codius.payments.btp.BtpLink;
import org.interledger.connector.accounts.AccountId;
import org.jspecify.annotations.Nullable;

/**
 * The children that were given an account.
 *
 * <p>They are found by the SHA-256 of their secret, and the secrets' hashes compared in a time that
 * tells nothing. Safe for use by several threads.
 */
final class KnownChildren {

  private final Routes routes;
  private final Rules rules;
  private final Balances balances;
  private final InstantSource clock;
  private final Map<AccountId, Child> children = new ConcurrentHashMap<>();

  KnownChildren(Routes routes, Rules rules, Balances balances, InstantSource clock) {
    this.routes = routes;
    this.rules = rules;
    this.balances = balances;
    this.clock = clock;
  }

  /**
   * Opens an account; completes once it takes connections and packets.
   *
   * <p>Fails with a {@link PaymentException} if its balance cannot be read, or its id is taken.
   */
  CompletionStage<Void> open(ChildAccount child) {
    return balances.open(child.settings()).thenAccept(balance -> enter(child, balance));
  }

  private void enter(ChildAccount child, Balance balance) {
    Sockets sockets = new Sockets(rules.refusals());
    Account account = Account.of(child.settings(), child.id().value(), balance, sockets, clock);
    if (!routes.add(account)) {
      throw new PaymentException("open account " + child.id() + ": there is one of that name");
    }
    children.put(child.id(), new Child(child, hash(child.secret()), account, sockets));
  }

  /** Closes an account and its connections. Its balance stays in the books. Not known is fine. */
  void close(AccountId id) {
    Child child = children.remove(id);
    if (child != null) {
      routes.remove(child.account());
      child.sockets().close();
    }
  }

  Optional<Account> find(AccountId id) {
    return Optional.ofNullable(children.get(id)).map(Child::account);
  }

  /** Returns the door for those who come from anywhere. */
  BtpDoor door() {
    return (link, user, token) -> open(link, user, token, null);
  }

  /** Returns the door for those who have to come from an address of theirs. */
  BtpDoor doorForPods() {
    return new BtpDoor() {
      @Override
      public boolean admits(SocketAddress peer) {
        return children.values().stream().anyMatch(child -> child.isFrom(peer));
      }

      @Override
      public CompletionStage<Optional<PacketHandler>> open(
          BtpLink link, String user, String token) {
        return KnownChildren.this.open(link, user, token, link.peer());
      }
    };
  }

  private CompletionStage<Optional<PacketHandler>> open(
      BtpLink link, String user, String token, @Nullable SocketAddress from) {
    HashCode hash = hash(token);
    Child found = null;
    for (Child child : children.values()) {
      // HashCode.equals takes the same time wherever two hashes differ.
      boolean isItsSecret = child.secretHash().equals(hash);
      boolean isItsPlace = from == null ? child.isFromAnywhere() : child.isFrom(from);
      if (isItsSecret && isItsPlace && child.isCalled(user)) {
        found = child;
      }
    }
    if (found == null || !found.sockets().add(link)) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    return CompletableFuture.completedStage(Optional.of(rules.from(found.account())));
  }

  private static HashCode hash(String secret) {
    return Hashing.sha256().hashString(secret, UTF_8);
  }

  private record Child(ChildAccount known, HashCode secretHash, Account account, Sockets sockets) {

    boolean isFrom(SocketAddress peer) {
      return peer instanceof InetSocketAddress address
          && known.from().filter(address.getAddress()::equals).isPresent();
    }

    boolean isFromAnywhere() {
      return known.from().isEmpty();
    }

    /** A user name may be left out; one that is given has to be the account's. */
    boolean isCalled(String user) {
      return user.isEmpty() || user.equals(known.id().value());
    }
  }
}
