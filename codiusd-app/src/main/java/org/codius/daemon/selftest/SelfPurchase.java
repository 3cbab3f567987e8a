package org.codius.daemon.selftest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.io.BaseEncoding;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.codius.daemon.client.BuyerTimeouts;
import org.codius.daemon.client.ClientException;
import org.codius.daemon.client.OwnedPod;
import org.codius.daemon.client.PodBuyer;
import org.codius.daemon.client.PodFile;
import org.codius.daemon.client.Receipt;
import org.codius.daemon.client.StateFile;
import org.codius.manifest.ManifestHash;
import org.codius.payments.PaymentSender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The self test: a pod is bought for a minute by the host's public address, is asked for its page
 * and for an echo by its own name, and is given back. Confined to one thread at a time.
 */
public final class SelfPurchase implements SelfTests.Trial {

  private static final Logger log = LoggerFactory.getLogger(SelfPurchase.class);

  /** How much time is bought; what is left of it is given back. */
  public static final Duration DURATION = Duration.ofMinutes(1);

  private static final BuyerTimeouts TIMEOUTS =
      new BuyerTimeouts(
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(75),
          Duration.ofMinutes(2),
          Duration.ofSeconds(5));
  private static final int WORD_BYTES = 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI host;
  private final Supplier<String> key;
  private final SelfTestImage image;
  private final PaymentSender sender;
  private final Supplier<BigDecimal> price;
  private final Path stateFile;
  private final RandomGenerator random;

  /**
   * @param host where strangers reach it
   * @param key what {@code /info} tells as {@code hostKey}: who else answers there is not paid
   * @param price the most to pay: what {@link #DURATION} costs here
   * @param stateFile where to keep note of the purchase
   */
  public SelfPurchase(
      URI host,
      Supplier<String> key,
      SelfTestImage image,
      PaymentSender sender,
      Supplier<BigDecimal> price,
      Path stateFile,
      RandomGenerator random) {
    this.host = host;
    this.key = key;
    this.image = image;
    this.sender = sender;
    this.price = price;
    this.stateFile = stateFile;
    this.random = random;
  }

  @Override
  public String run(Consumer<ManifestHash> bought) throws SelfTestException, InterruptedException {
    long begin = System.nanoTime();
    requireSelf();
    byte[] bytes = new byte[WORD_BYTES];
    random.nextBytes(bytes);
    String word = BaseEncoding.base16().lowerCase().encode(bytes);
    PodFile pod = PodFile.of(image.request(word));
    bought.accept(pod.manifestHash());
    Receipt receipt = buy(pod);
    try {
      visit(receipt.url(), word);
    } finally {
      giveBack(receipt);
    }
    return "a pod bought at %s answered HTTP and WebSocket; all of it took %.1f s"
        .formatted(host, (System.nanoTime() - begin) / 1e9);
  }

  private void requireSelf() throws SelfTestException {
    String answer;
    try (Visit visit = Visit.open(host)) {
      answer = JSON.readTree(visit.get("/info")).path("hostKey").asText();
    } catch (JsonProcessingException e) {
      answer = ""; // whoever that is
    } catch (IOException e) {
      throw new SelfTestException(
          "reach " + host + "/info from here: " + e,
          false,
          "codiusd doctor looks at names, certificates and ways; some routers do not let a machine"
              + " reach itself by its public address.",
          e);
    }
    if (!answer.equals(key.get())) {
      throw new SelfTestException(
          "reach " + host + "/info from here: somebody else answers there",
          false,
          "Does the name in CODIUS_PUBLIC_URI lead to this machine, and its port to this host?");
    }
  }

  private Receipt buy(PodFile pod) throws SelfTestException, InterruptedException {
    try {
      Files.deleteIfExists(stateFile); // what was begun before is of no use to us
    } catch (IOException e) {
      throw new SelfTestException(
          "keep note of the purchase: " + e, false, "Can " + stateFile + " be written?", e);
    }
    try (StateFile state = StateFile.open(stateFile)) {
      try {
        return new PodBuyer(
                host, () -> sender, TIMEOUTS, InstantSource.system(), random, log::debug)
            .upload(pod, DURATION, price.get(), state);
      } catch (ClientException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        throw new SelfTestException(
            "buy a pod: " + e.getMessage(), state.hasPending(), e.help(), e);
      }
    }
  }

  private void visit(URI pod, String word) throws SelfTestException {
    String what = "HTTP";
    String answer;
    try {
      try (Visit visit = Visit.open(pod)) {
        answer = visit.get("/");
      }
      if (answer.equals(word)) {
        what = "WebSocket";
        try (Visit visit = Visit.open(pod)) {
          answer = visit.echo(word, random);
        }
      }
    } catch (IOException e) {
      throw new SelfTestException(
          "ask the pod at %s over %s: %s".formatted(pod, what, e),
          true,
          "Pods are at <hash>.%s: that needs a wildcard name and certificate, and what is in front"
                  .formatted(host.getHost())
              + " must let WebSockets through. codiusd doctor tells more.",
          e);
    }
    if (!answer.equals(word)) {
      throw new SelfTestException(
          "ask the pod at %s over %s: somebody else answers".formatted(pod, what),
          true,
          "Do all names below " + host.getHost() + " lead to this host?");
    }
  }

  /** What is not given back ends by itself. */
  private void giveBack(Receipt receipt) {
    try {
      var unused =
          new OwnedPod(host, receipt.manifestHash(), List.of(receipt.managementToken()))
              .surrender();
    } catch (ClientException e) {
      log.warn("self test not cleared away reason=\"{}\"", e.getMessage());
    }
  }
}
