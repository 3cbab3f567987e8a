package org.codius.daemon.http;

/**
 * How the API behaves.
 *
 * @param isLocal whether only programs on this machine may be answered
 * @param areQuotesPaid whether a price is told for a payment of nothing only, as the original's
 *     last version has it
 * @param requestsPerMinute how many requests an address may make; 0 for as many as it likes
 */
public record ApiConfig(boolean isLocal, boolean areQuotesPaid, int requestsPerMinute) {

  public ApiConfig {
    if (requestsPerMinute < 0) {
      throw new IllegalArgumentException(
          "requests per minute: " + requestsPerMinute + " (expected: 0 or more)");
    }
  }
}
