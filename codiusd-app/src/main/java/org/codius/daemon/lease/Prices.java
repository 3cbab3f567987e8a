package org.codius.daemon.lease;

import com.google.common.base.Joiner;
import com.google.common.base.Splitter;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Rate;

/**
 * What each class costs.
 *
 * <p>A price that the operator changes holds from then on, also after a restart; what is charged is
 * the lowest that was in force during the last {@value #HELD_SECONDS} s, so that nobody pays more
 * than the quote he has just read. Safe for use by several threads.
 */
public final class Prices {

  static final int HELD_SECONDS = 60;

  private static final String PREFIX = "price.";
  private static final Splitter LIST = Splitter.on(' ');
  private static final Splitter PART = Splitter.on('@').limit(2);

  private final Map<String, PodClass> classes;
  private final Asset asset;
  private final Duration maximumDuration;
  private final SettingStore settings;
  private final InstantSource clock;

  /** What was in force by class, the latest last. A restart finds it in the settings. */
  @GuardedBy("this")
  private final Map<String, List<Price>> history = new LinkedHashMap<>();

  /** A price for a month, and since when it holds. */
  private record Price(BigDecimal perMonth, Instant since) {}

  /**
   * @param classes with their prices for a month, in whole units, as configured
   * @throws IllegalArgumentException if nobody could pay one for the longest time that is sold
   */
  public Prices(
      Map<PodClass, BigDecimal> classes,
      Asset asset,
      Duration maximumDuration,
      SettingStore settings,
      InstantSource clock) {
    this.asset = asset;
    this.maximumDuration = maximumDuration;
    this.settings = settings;
    this.clock = clock;
    Map<String, PodClass> byName = new LinkedHashMap<>();
    classes.forEach(
        (podClass, price) -> {
          byName.put(podClass.name(), podClass);
          history.put(podClass.name(), remembered(podClass.name(), price));
        });
    this.classes = Map.copyOf(byName);
    classes().forEach(podClass -> requirePayable(perMonth(podClass)));
  }

  /** Fails for nothing, and for more than can be paid for the longest time that is sold. */
  private void requirePayable(BigDecimal perMonth) {
    new Rate(perMonth, asset, maximumDuration).price(maximumDuration);
  }

  private List<Price> remembered(String name, BigDecimal configuredPrice) {
    List<Price> prices = new ArrayList<>();
    prices.add(new Price(configuredPrice, Instant.EPOCH));
    settings
        .find(PREFIX + name)
        .ifPresent(
            text -> {
              prices.clear();
              for (String entry : LIST.split(text)) {
                List<String> parts = PART.splitToList(entry);
                prices.add(new Price(new BigDecimal(parts.get(0)), Instant.parse(parts.get(1))));
              }
            });
    return prices;
  }

  /** Returns the classes that are sold. */
  public List<PodClass> classes() {
    return List.copyOf(classes.values());
  }

  /** Returns the class of that name, or empty if it is not sold. */
  public Optional<PodClass> find(String name) {
    return Optional.ofNullable(classes.get(name));
  }

  /** Returns what a month of the class costs from now on, in whole units. */
  public synchronized BigDecimal perMonth(PodClass podClass) {
    List<Price> prices = history.getOrDefault(podClass.name(), List.of());
    return prices.get(prices.size() - 1).perMonth();
  }

  /**
   * Returns what {@code duration} of the class costs whoever asks now.
   *
   * @throws RefusedException if that cannot be bought
   */
  public Amount price(PodClass podClass, Duration duration) {
    Rate rate = new Rate(lowest(podClass), asset, maximumDuration);
    if (!rate.isSold(duration)) {
      throw Refusals.tooLong(duration, maximumDuration);
    }
    return rate.price(duration);
  }

  /** Returns whether that much time can be bought at once. */
  boolean isSold(Duration duration) {
    return new Rate(BigDecimal.ONE, asset, maximumDuration).isSold(duration);
  }

  private synchronized BigDecimal lowest(PodClass podClass) {
    List<Price> prices = history.getOrDefault(podClass.name(), List.of());
    BigDecimal lowest = prices.get(prices.size() - 1).perMonth();
    Instant from = clock.instant().minusSeconds(HELD_SECONDS);
    for (int i = prices.size() - 2; i >= 0 && prices.get(i + 1).since().isAfter(from); i--) {
      lowest = lowest.min(prices.get(i).perMonth());
    }
    return lowest;
  }

  /**
   * Changes the price of a class, for good.
   *
   * @param perMonth whole units, more than 0
   * @throws IllegalArgumentException if it is not, there is no such class, or nobody could pay for
   *     the longest time that is sold
   */
  public synchronized void change(String name, BigDecimal perMonth) {
    List<Price> prices = history.get(name);
    if (prices == null) {
      throw new IllegalArgumentException(
          "class: \"%s\" (expected: one of %s)".formatted(name, classes.keySet()));
    }
    requirePayable(perMonth);
    Instant now = clock.instant();
    Instant from = now.minusSeconds(HELD_SECONDS);
    prices.add(new Price(perMonth, now));
    while (prices.size() > 1 && !prices.get(1).since().isAfter(from)) {
      prices.remove(0);
    }
    write(name, prices);
  }

  private void write(String name, List<Price> prices) {
    List<String> entries = new ArrayList<>();
    prices.forEach(price -> entries.add(price.perMonth().toPlainString() + "@" + price.since()));
    settings.put(PREFIX + name, Joiner.on(' ').join(entries));
  }
}
