package org.codius.daemon;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.codius.daemon.config.PodSources;
import org.codius.daemon.lease.LeaseService;
import org.codius.daemon.receipt.HostKey;
import org.codius.daemon.selftest.SelfPurchase;
import org.codius.daemon.selftest.SelfTestImage;
import org.codius.daemon.selftest.SelfTestMode;
import org.codius.daemon.store.DataFolder;
import org.codius.payments.PaymentSender;
import org.codius.payments.connector.Connector;
import org.codius.payments.stream.StreamSender;
import org.interledger.connector.accounts.AccountId;

/**
 * Opens what a host needs to buy from itself.
 *
 * @param image what it buys; empty if it does not
 */
@SuppressWarnings("OptionalUsedAsFieldOrParameterType") // a component is an accessor first
record OpenSelfTest(Optional<SelfTestImage> image) {

  /** What the tests cost is the balance of this account. */
  private static final AccountId ACCOUNT = AccountId.of("self-test");

  /**
   * @throws StartException if there is no port for the image's registry
   */
  static OpenSelfTest open(SelfTestMode mode, Teardown teardown) {
    if (mode == SelfTestMode.OFF) {
      return new OpenSelfTest(Optional.empty());
    }
    try {
      return new OpenSelfTest(Optional.of(teardown.add(SelfTestImage.start())));
    } catch (IOException e) {
      throw new StartException(
          "self test: " + e.getMessage(), "CODIUS_SELF_TEST=off does without it.", e);
    }
  }

  /** Returns {@code sources} with the image's besides. */
  PodSources with(PodSources sources) {
    return image.map(made -> sources.with(made.registry())).orElse(sources);
  }

  /**
   * Returns how the test is made, once it is {@link #open}.
   *
   * @throws StartException if its account cannot be opened
   */
  Optional<SelfPurchase> purchase(
      URI publicUri,
      LeaseService leases,
      HostKey key,
      Connector connector,
      DataFolder folder,
      EventLoopGroup loops,
      SecureRandom random,
      Teardown teardown) {
    return image.map(
        made ->
            new SelfPurchase(
                publicUri,
                key::publicKey,
                made,
                teardown.add(sender(connector, loops)),
                () -> leases.quote(SelfPurchase.DURATION).toUnits(),
                folder.selfTest(),
                random));
  }

  private static PaymentSender sender(Connector connector, EventLoopGroup loops) {
    try {
      return StreamSender.create(connector.attach(ACCOUNT).toCompletableFuture().join(), loops);
    } catch (CompletionException e) {
      throw new StartException(
          "self test: open its account: " + e.getCause(),
          "Are the books whole? codiusd ledger check",
          e);
    }
  }
}
