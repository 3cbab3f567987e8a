package org.codius.payments.connector;

import com.google.common.collect.Lists;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerAddress;

/** What happens to a Prepare, rule by rule. The connector's table of contents. */
final class Rules {

  private static final PacketHandler NOTHING =
      prepare -> {
        throw new IllegalStateException("no rule after the last");
      };

  private final ConnectorConfig config;
  private final Supplier<InterledgerAddress> address;
  private final Routes routes;
  private final Balances balances;
  private final InstantSource clock;
  private final Closing closing;
  private final Refusals refusals;

  /**
   * Returns the rules of one connector.
   *
   * @param address the connector's own
   */
  Rules(
      ConnectorConfig config,
      Supplier<InterledgerAddress> address,
      Routes routes,
      Balances balances,
      InstantSource clock,
      Closing closing) {
    this.config = config;
    this.address = address;
    this.routes = routes;
    this.balances = balances;
    this.clock = clock;
    this.closing = closing;
    this.refusals = new Refusals(address);
  }

  Refusals refusals() {
    return refusals;
  }

  /** Returns the rules for what {@code from} sends, in the order they run. */
  PacketHandler from(Account from) {
    return chain(
        List.of(
            next -> new ClosingHandler(closing, refusals, next),
            next -> new ExpiryHandler(clock, refusals, next),
            next -> new MaximumPacketHandler(from, refusals, next),
            next -> new RateHandler(from, refusals, next),
            next -> new BalanceHandler(from, refusals, next),
            next ->
                new ExpiryReductionHandler(
                    clock, config.minimumMessageWindow(), config.maximumHold(), refusals, next),
            next -> new LocalDeliveryHandler(from, address, refusals, next),
            next -> new ForwardHandler(from, routes, refusals, to -> between(from, to))));
  }

  /** Returns the rules that follow once it is known where a packet goes. */
  private PacketHandler between(Account from, Account to) {
    return chain(
        List.of(
            next -> new BooksHandler(from, to, balances, next),
            next -> new FulfilmentHandler(clock, to, refusals, next),
            next -> to.link()));
  }

  /** Makes each rule with the one after it; the last has none. */
  private static PacketHandler chain(List<UnaryOperator<PacketHandler>> rules) {
    PacketHandler next = NOTHING;
    for (UnaryOperator<PacketHandler> rule : Lists.reverse(rules)) {
      next = rule.apply(next);
    }
    return next;
  }
}
