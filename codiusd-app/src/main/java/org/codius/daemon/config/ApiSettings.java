package org.codius.daemon.config;

import java.time.Duration;
import java.util.List;
import org.codius.proxy.Subnet;

/**
 * How clients are dealt with.
 *
 * @param trustedProxies who may say for whom it forwards
 * @param requestsPerMinute how many requests an address may make of the API; 0 for as many as it
 *     likes
 * @param areQuotesPaid whether a price is told for a payment of nothing only
 * @param arePodsCounted whether everybody is told how many pods there are
 * @param evidence how long what pods left is kept
 */
public record ApiSettings(
    List<Subnet> trustedProxies,
    int requestsPerMinute,
    boolean areQuotesPaid,
    boolean arePodsCounted,
    Duration evidence) {

  public ApiSettings {
    trustedProxies = List.copyOf(trustedProxies);
  }

  static ApiSettings from(Settings settings) {
    List<String> proxies =
        settings.list(
            "CODIUS_TRUSTED_PROXIES",
            List.of(),
            "a list of IP addresses or a.b.c.d/n",
            Subnet::parse);
    String quotes = settings.text("CODIUS_QUOTES", "free");
    if (!quotes.equals("free") && !quotes.equals("paid")) {
      settings.wrong("CODIUS_QUOTES", quotes, "free or paid");
    }
    return new ApiSettings(
        proxies.stream().map(Subnet::parse).toList(),
        settings.integer("CODIUS_REQUESTS_PER_MINUTE", 1200, 0, 1_000_000),
        quotes.equals("paid"),
        settings.flag("CODIUS_ADDITIONAL_HOST_INFO", true),
        Duration.ofHours(settings.integer("CODIUS_EVIDENCE", 24, 0, 24 * 365)));
  }
}
