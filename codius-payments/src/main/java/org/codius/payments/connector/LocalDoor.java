package org.codius.payments.connector;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.hash.Hashing;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.codius.payments.PacketHandler;
import org.codius.payments.btp.BtpDoor;
import org.codius.payments.btp.BtpLink;
import org.interledger.connector.accounts.AccountId;
import org.interledger.connector.accounts.AccountSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts of those who connect locally. Any token has one, named by its SHA-256, as with the
 * original's mini-accounts.
 *
 * <p>An account outlives its connections until its place is needed, and its balance outlives both.
 * Safe for use by several threads.
 */
final class LocalDoor implements BtpDoor {

  private static final Logger log = LoggerFactory.getLogger(LocalDoor.class);

  private final ConnectorConfig config;
  private final Routes routes;
  private final Rules rules;
  private final Balances balances;
  private final InstantSource clock;

  /** The account that connected longest ago comes first. */
  @GuardedBy("this")
  private final Map<AccountId, Child> children = new LinkedHashMap<>();

  LocalDoor(
      ConnectorConfig config, Routes routes, Rules rules, Balances balances, InstantSource clock) {
    this.config = config;
    this.routes = routes;
    this.rules = rules;
    this.balances = balances;
    this.clock = clock;
  }

  /** A user name is refused unless it is the one the token stands for, as mini-accounts does. */
  @Override
  public CompletionStage<Optional<PacketHandler>> open(BtpLink link, String user, String token) {
    String name =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(Hashing.sha256().hashString(token, UTF_8).asBytes());
    if (token.isEmpty() || !(user.isEmpty() || user.equals(name))) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    Optional<Child> child = connect(AccountId.of(name), link);
    return child.isEmpty()
        ? CompletableFuture.completedStage(Optional.empty())
        : child.get().account().thenApply(account -> Optional.of(rulesFor(child.get(), account)));
  }

  private PacketHandler rulesFor(Child child, Account account) {
    return new FaucetHandler(account, child.faucet(), rules.from(account));
  }

  private synchronized Optional<Child> connect(AccountId id, BtpLink link) {
    Child known = children.remove(id);
    if (known == null && children.size() >= config.maximumAccounts() && !forgetOne()) {
      log.warn("no place for another account accounts={}", children.size());
      return Optional.empty();
    }
    Child child = known == null || hasFailed(known) ? create(id) : known;
    children.put(id, child);
    if (!child.sockets().add(link)) {
      log.debug("too many connections account={}", id);
      return Optional.empty();
    }
    return Optional.of(child);
  }

  /** Whether its balance could not be read; it may be now. */
  private static boolean hasFailed(Child child) {
    return child.account().toCompletableFuture().isCompletedExceptionally();
  }

  @GuardedBy("this")
  private Child create(AccountId id) {
    AccountSettings settings =
        AccountSettings.builder().from(config.children()).accountId(id).build();
    Sockets sockets = new Sockets(rules.refusals());
    CompletionStage<Account> account =
        balances
            .open(settings)
            .thenApply(
                balance -> Account.of(settings, "local." + id.value(), balance, sockets, clock));
    Child child = new Child(sockets, account, new Faucet(balances, config.grant()));
    account.thenAccept(opened -> enter(id, child, opened));
    return child;
  }

  private synchronized void enter(AccountId id, Child child, Account account) {
    Child current = children.get(id);
    if (current == null || current.equals(child)) { // null: still being made, within connect()
      routes.add(account);
    }
  }

  /** Makes place for an account, if there is one that is not connected. */
  @GuardedBy("this")
  private boolean forgetOne() {
    Iterator<Child> eldest = children.values().iterator();
    while (eldest.hasNext()) {
      Child child = eldest.next();
      if (child.sockets().isEmpty() && child.account().toCompletableFuture().isDone()) {
        eldest.remove();
        child.account().thenAccept(routes::remove);
        return true;
      }
    }
    return false;
  }

  private record Child(Sockets sockets, CompletionStage<Account> account, Faucet faucet) {}
}
