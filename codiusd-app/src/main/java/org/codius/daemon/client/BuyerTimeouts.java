package org.codius.daemon.client;

import java.time.Duration;

/**
 * How patient a buyer is.
 *
 * @param answer with an answer that takes the host no work
 * @param payment with a STREAM connection to be open, and then to be ready
 * @param purchase with the answer to a request that is being paid; hosts take up to 60 s
 * @param attempts with everything, when the host asks to come again
 * @param pause before coming again
 */
public record BuyerTimeouts(
    Duration answer, Duration payment, Duration purchase, Duration attempts, Duration pause) {

  public static final BuyerTimeouts DEFAULT =
      new BuyerTimeouts(
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(75),
          Duration.ofMinutes(10),
          Duration.ofSeconds(2));
}
