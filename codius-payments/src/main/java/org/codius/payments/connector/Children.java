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
import org.codius.payments.PacketHandler;
import org.codius.payments.btp.BtpDoor;
import org.codius.payments.btp.BtpLink;
import org.interledger.connector.accounts.AccountId;
import org.interledger.connector.accounts.AccountSettings;
import org.interledger.core.InterledgerAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts of those who connect over BTP. Any token has one, named by its SHA-256.
 *
 * <p>An account outlives its connections, with its balance, until the connector closes or its place
 * is needed. Safe for use by several threads.
 */
final class Children implements BtpDoor {

  private static final Logger log = LoggerFactory.getLogger(Children.class);

  /** How many connections one account may have open. */
  private static final int MAXIMUM_SOCKETS = 16;

  private final ConnectorConfig config;
  private final Routes routes;
  private final Rules rules;
  private final InstantSource clock;

  /** The account that connected longest ago comes first. */
  @GuardedBy("this")
  private final Map<AccountId, Child> children = new LinkedHashMap<>();

  Children(ConnectorConfig config, Routes routes, Rules rules, InstantSource clock) {
    this.config = config;
    this.routes = routes;
    this.rules = rules;
    this.clock = clock;
  }

  /** A user name is refused unless it is the one the token stands for, as mini-accounts does. */
  @Override
  public Optional<PacketHandler> open(BtpLink link, String user, String token) {
    String name =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(Hashing.sha256().hashString(token, UTF_8).asBytes());
    if (token.isEmpty() || !(user.isEmpty() || user.equals(name))) {
      return Optional.empty();
    }
    Optional<Child> child = connect(AccountId.of(name), link);
    child.ifPresent(known -> link.closed().thenRun(() -> known.sockets().remove(link)));
    return child.map(known -> rules.from(known.account()));
  }

  private synchronized Optional<Child> connect(AccountId id, BtpLink link) {
    Child known = children.remove(id);
    Child child = known == null ? create(id) : known;
    if (known == null && children.size() >= config.maximumAccounts() && !forgetOne()) {
      log.warn("no place for another account accounts={}", children.size());
      return Optional.empty();
    }
    children.put(id, child);
    routes.add(child.account());
    if (child.sockets().count() >= MAXIMUM_SOCKETS) {
      log.debug("too many connections account={}", id);
      return Optional.empty();
    }
    child.sockets().add(link);
    return Optional.of(child);
  }

  private Child create(AccountId id) {
    AccountSettings settings =
        AccountSettings.builder().from(config.children()).accountId(id).build();
    InterledgerAddress address = config.address().with("local").with(id.value());
    Sockets sockets = new Sockets(new Refusals(config.address()));
    return new Child(Account.of(settings, address, sockets, clock), sockets);
  }

  /** Makes place for an account, if there is one that is not connected. */
  @GuardedBy("this")
  private boolean forgetOne() {
    Iterator<Child> eldest = children.values().iterator();
    while (eldest.hasNext()) {
      Child child = eldest.next();
      if (child.sockets().count() == 0) {
        eldest.remove();
        routes.remove(child.account());
        return true;
      }
    }
    return false;
  }

  private record Child(Account account, Sockets sockets) {}
}
