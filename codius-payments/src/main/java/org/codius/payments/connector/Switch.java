package org.codius.payments.connector;

import com.google.common.primitives.UnsignedLong;
import io.netty.channel.EventLoopGroup;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PacketHandler;
import org.codius.payments.PaymentException;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpDoor;
import org.codius.payments.loopback.LoopbackUplink;
import org.interledger.connector.accounts.AccountBalanceSettings;
import org.interledger.connector.accounts.AccountId;
import org.interledger.connector.accounts.AccountRateLimitSettings;
import org.interledger.connector.accounts.AccountRelationship;
import org.interledger.connector.accounts.AccountSettings;
import org.interledger.core.InterledgerAddress;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of a connector and the rules between them, without the sockets.
 *
 * <p>Safe for use by several threads.
 */
final class Switch {

  private final ConnectorConfig config;
  private final @Nullable Uplink parent;
  private final @Nullable PacketHandler fromParent;
  private final Closing closing = new Closing();
  private final Supplier<InterledgerAddress> address;
  private final EventLoopGroup group;
  private final InstantSource clock;
  private final Routes routes;
  private final Rules rules;
  private final Balances balances;
  private final LocalDoor local;
  private final KnownChildren known;
  private final LoopbackUplink host;
  private final Account hostAccount;

  /** Blocks until the books have said what the host and the parent have. */
  Switch(
      ConnectorConfig config,
      @Nullable Uplink parent,
      AccountBooks books,
      EventLoopGroup group,
      InstantSource clock) {
    this.config = config;
    this.parent = parent;
    this.balances = new Balances(books, config.asset());
    this.address = parent == null ? config::address : parent::address;
    this.group = group;
    this.clock = clock;
    this.routes = new Routes(address);
    this.rules = new Rules(config, address, routes, balances, clock, closing);
    this.local = new LocalDoor(config, routes, rules, balances, clock);
    this.known = new KnownChildren(routes, rules, balances, clock);
    AccountSettings hostSettings = trusted("host", AccountRelationship.CHILD);
    this.host =
        new LoopbackUplink(() -> address.get().with(config.host()), config.asset(), group, clock);
    this.hostAccount =
        Account.of(hostSettings, config.host(), balance(hostSettings), host::deliver, clock);
    host.parent(rules.from(hostAccount));
    routes.add(hostAccount);
    if (parent != null) {
      requireSameAsset(parent.asset());
      AccountSettings settings = trusted("parent", AccountRelationship.PARENT);
      Account account = Account.of(settings, "", balance(settings), parent, clock);
      routes.parent(account);
      fromParent = rules.from(account);
      parent.onPrepare(fromParent);
    } else {
      fromParent = null;
    }
  }

  /** Returns settings without limits: for the host itself, and for who carries its packets. */
  private AccountSettings trusted(String id, AccountRelationship relationship) {
    return AccountSettings.builder()
        .from(config.children())
        .accountId(AccountId.of(id))
        .accountRelationship(relationship)
        .isInternal(relationship == AccountRelationship.CHILD)
        .maximumPacketAmount(Optional.empty())
        .balanceSettings(AccountBalanceSettings.builder().build())
        .rateLimitSettings(AccountRateLimitSettings.builder().build())
        .build();
  }

  private Balance balance(AccountSettings settings) {
    try {
      return balances.open(settings).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof PaymentException failure
          ? failure
          : new PaymentException("open account " + settings.accountId() + ": " + e.getCause(), e);
    }
  }

  private void requireSameAsset(Asset asset) {
    if (!asset.equals(config.asset())) {
      throw new IllegalArgumentException(
          "account in " + asset + " (expected: " + config.asset() + ", as the connector counts)");
    }
  }

  ConnectorConfig config() {
    return config;
  }

  Uplink host() {
    return host;
  }

  BtpDoor doorFor(Listener listener) {
    if (listener instanceof Listener.Local) {
      return local;
    }
    return listener instanceof Listener.Pods ? known.doorForPods() : known.door();
  }

  CompletionStage<Void> open(ChildAccount child) {
    requireSameAsset(new Asset(child.settings().assetCode(), child.settings().assetScale()));
    return known.open(child);
  }

  CompletionStage<Uplink> attach(AccountId id) {
    AccountSettings settings =
        AccountSettings.builder()
            .from(parent == null ? config.children() : trusted("host", AccountRelationship.CHILD))
            .accountId(id)
            .isInternal(false)
            .build();
    LoopbackUplink end =
        new LoopbackUplink(() -> address.get().with(id.value()), config.asset(), group, clock);
    return balances.open(settings).thenApply(balance -> attach(settings, balance, end));
  }

  private Uplink attach(AccountSettings settings, Balance balance, LoopbackUplink end) {
    String name = settings.accountId().value();
    Account account = Account.of(settings, name, balance, end::deliver, clock);
    if (!routes.add(account)) {
      throw new PaymentException("attach account " + name + ": there is one of that name");
    }
    PacketHandler handler = rules.from(account);
    end.parent(
        parent == null
            ? new FaucetHandler(account, new Faucet(balances, config.grant()), handler)
            : handler);
    return end;
  }

  void close(AccountId child) {
    known.close(child);
  }

  CompletionStage<Void> fund(AccountId child, Amount amount) {
    requireSameAsset(amount.asset());
    return known
        .find(child)
        .map(account -> fund(account, amount.baseUnits()))
        .orElseGet(
            () ->
                CompletableFuture.failedStage(
                    new PaymentException("fund " + child + ": no such account is open")));
  }

  private CompletionStage<Void> fund(Account account, UnsignedLong units) {
    if (!hostAccount.balance().hold(units)) {
      throw new IllegalStateException("the host's own credit has a limit");
    }
    return balances
        .move(hostAccount, account, units)
        .whenComplete(
            (done, e) -> {
              if (e != null) {
                hostAccount.balance().add(units);
              }
            });
  }

  /** Completes when everything that was under way when it stopped is answered. */
  CompletionStage<Void> quiet() {
    return closing.quiet();
  }

  /** Answers everything with T99 from here on; returns whether it did not already. */
  boolean stop() {
    if (!closing.begin()) {
      return false;
    }
    host.disconnect();
    return true;
  }

  /** Leaves the parent to whoever comes next. */
  void leave() {
    if (parent != null && fromParent != null) {
      parent.offPrepare(fromParent);
    }
  }
}
