package org.codius.daemon.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codius.daemon.lease.PodClass;
import org.codius.hyper.PodSpec;

/**
 * What is sold, at what price and how much at a time.
 *
 * @param costPerMonth whole units of the asset for a pod and 2,628,000 s
 * @param machineMib the machine's memory in MiB; 0 for what the system says it is
 * @param memoryFraction how much of the machine's memory pods may reserve together
 * @param purchaseTimeout from a paid request to its answer
 * @param maximumDuration the most that is sold at once
 * @param unpaidStarts pods that may be starting at a time before they are paid for
 * @param purchases that may be under way at a time
 * @param classes sizes of pods beside {@code small}, each with its cost per month
 */
public record Sales(
    BigDecimal costPerMonth,
    int machineMib,
    double memoryFraction,
    Duration purchaseTimeout,
    Duration maximumDuration,
    int unpaidStarts,
    int purchases,
    Map<PodClass, BigDecimal> classes) {

  private static final Pattern CLASS =
      Pattern.compile("([a-z0-9-]+)=(\\d{1,3})/(\\d{2,7})/(\\d{1,8})/(\\d{1,12}(?:\\.\\d{1,9})?)");

  /** How many processes a pod may have for each of its CPUs. */
  private static final int PROCESSES = 512;

  public Sales {
    classes = Map.copyOf(classes);
  }

  static Sales from(Settings settings) {
    return new Sales(
        settings.decimal(
            "CODIUS_COST_PER_MONTH", BigDecimal.TEN, "COST_PER_MONTH", "CODIUS_XRP_PER_MONTH"),
        settings.integer("CODIUS_MACHINE_MIB", 0, 0, Integer.MAX_VALUE),
        settings.fraction("CODIUS_MAX_MEMORY_FRACTION", 0.75),
        settings.seconds("CODIUS_PURCHASE_TIMEOUT", Duration.ofSeconds(55)),
        settings.seconds("CODIUS_MAX_DURATION", Duration.ofDays(365)),
        settings.integer("CODIUS_UNPAID_STARTS", 4, 1, 1024),
        settings.integer("CODIUS_PURCHASES", 64, 1, 1024),
        classes(settings));
  }

  private static Map<PodClass, BigDecimal> classes(Settings settings) {
    Map<PodClass, BigDecimal> classes = new LinkedHashMap<>();
    settings
        .list(
            "CODIUS_CLASSES",
            List.of(),
            "a list of name=cpus/memory/disk/price, memory and disk in MiB",
            Sales::parse)
        .forEach(text -> classes.put(parse(text), price(text)));
    return classes;
  }

  private static PodClass parse(String text) {
    Matcher matcher = match(text);
    int cpus = Integer.parseInt(matcher.group(2));
    return new PodClass(
        matcher.group(1),
        new PodSpec.Resources(
            cpus,
            Integer.parseInt(matcher.group(3)),
            PROCESSES * cpus,
            Integer.parseInt(matcher.group(4))));
  }

  private static BigDecimal price(String text) {
    return new BigDecimal(match(text).group(5));
  }

  private static Matcher match(String text) {
    Matcher matcher = CLASS.matcher(text);
    if (!matcher.matches() || new BigDecimal(matcher.group(5)).signum() == 0) {
      throw new IllegalArgumentException("class: " + text);
    }
    return matcher;
  }
}
