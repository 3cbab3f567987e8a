package org.codius.daemon.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentSender.OutgoingPayment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PodBuyerTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final BigDecimal PLENTY = BigDecimal.ONE;
  private static final BuyerTimeouts TIMEOUTS =
      new BuyerTimeouts(
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofMillis(10));
  private static final PodFile POD = PodFile.of(Pods.request("a-pod"));
  private static final PodFile OTHER = PodFile.of(Pods.request("another-pod"));

  @TempDir private Path folder;

  private final SecureRandom random = new SecureRandom();
  private final List<String> steps = new ArrayList<>();
  private TinyHost host;
  private Wallet wallet;
  private PodBuyer buyer;

  @BeforeEach
  void starts() throws Exception {
    host = TinyHost.start(folder);
    wallet = Wallet.open(host.uplink(), random);
    buyer =
        new PodBuyer(host.uri(), wallet::sender, TIMEOUTS, Clock.systemUTC(), random, steps::add);
  }

  @AfterEach
  void stops() throws Exception {
    wallet.close();
    host.close();
  }

  @Test
  void anUploadPaysThePriceToTheUnitAndWritesDownWhatItBought() {
    Receipt receipt = upload(POD, PLENTY);

    assertThat(receipt.manifestHash()).isEqualTo(POD.manifestHash());
    assertThat(receipt.expiry()).isEqualTo(Instant.parse(TinyHost.EXPIRY));
    assertThat(receipt.paid().baseUnits().longValue()).isEqualTo(host.price());
    assertThat(host.received()).isEqualTo(host.price());
    JsonNode state = StateFile.peek(statePath());
    JsonNode details = state.path("status").path("hostDetails").path(host.uri().toString());
    assertThat(details.path("url").asText()).isEqualTo(receipt.url().toString());
    assertThat(details.path("price").path("totalPaid").asText()).isEqualTo("1141553");
    assertThat(state.has("pendingPurchase")).isFalse();
  }

  @Test
  void theTokenIsOnDiskBeforeTheFirstRequestThatCarriesIt() {
    List<String> onDisk = new ArrayList<>();
    host.onRequest(
        token ->
            onDisk.add(
                StateFile.peek(statePath()).path("pendingPurchase").path("payToken").asText()));

    upload(POD, PLENTY);

    assertThat(onDisk).hasSize(2).containsOnly(host.tokens().get(0).hex());
  }

  @Test
  void aPurchaseBrokenOffAfterItsPaymentIsFinishedUnderTheSameTokenAndNotPaidTwice() {
    host.hangUpAfterPayment(true);
    assertThatThrownBy(() -> upload(POD, PLENTY)).isInstanceOf(ClientException.class);
    assertThat(host.received()).isEqualTo(host.price());
    host.hangUpAfterPayment(false);

    Receipt receipt = upload(POD, PLENTY);

    assertThat(receipt.wasBoughtBefore()).isTrue();
    assertThat(receipt.paid().baseUnits().longValue()).isZero();
    assertThat(host.received()).isEqualTo(host.price());
    assertThat(host.tokens()).hasSize(3).containsOnly(host.tokens().get(0));
  }

  @Test
  void anUploadOfWhatRunsAlreadyBuysNothing() {
    upload(POD, PLENTY);

    Receipt again = upload(POD, PLENTY);

    assertThat(again.wasBoughtBefore()).isTrue();
    assertThat(host.tokens()).hasSize(2);
  }

  @Test
  void anExtensionBuysEveryTime() {
    upload(POD, PLENTY);

    Receipt first = extend();
    Receipt second = extend();

    assertThat(first.paid()).isEqualTo(second.paid());
    assertThat(host.received()).isEqualTo(3 * host.price());
    assertThat(host.tokens().stream().distinct()).hasSize(3);
  }

  @Test
  void aPriceAboveTheMaximumIsNotPaidAndBothAreNamed() {
    assertThatThrownBy(() -> upload(POD, new BigDecimal("0.001")))
        .hasMessage("the price is 0.001141553 XRP, above your maximum of 0.001 XRP");

    assertThat(host.tokens()).isEmpty();
    assertThat(StateFile.peek(statePath()).has("pendingPurchase")).isFalse();
  }

  @Test
  void aRefusalThatCostNothingIsForgottenAndToldInTheHostsWords() {
    host.refuse(Optional.of(TinyHost.error(422, "IMAGE_NOT_FOUND", "no such image")));

    ClientException refused =
        catchThrowableOfType(ClientException.class, () -> upload(POD, PLENTY));

    assertThat(refused).hasMessage("upload: " + host.uri() + " answered 422: no such image");
    assertThat(refused.help()).isEqualTo("Nothing was paid. Wait.");
    assertThat(StateFile.peek(statePath()).has("pendingPurchase")).isFalse();
    assertThat(host.received()).isZero();
  }

  @Test
  void aHostThatIsBusyIsAskedAgainUnderTheSameToken() {
    host.refuse(Optional.of(TinyHost.error(503, "IMAGE_STILL_PULLING", "still pulling")));
    host.onRequest(
        token -> {
          if (host.tokens().size() >= 4) {
            host.refuse(Optional.empty());
          }
        });

    Receipt receipt = upload(POD, PLENTY);

    assertThat(receipt.paid().baseUnits().longValue()).isEqualTo(host.price());
    assertThat(steps).contains("trying again: still pulling");
    assertThat(host.tokens()).containsOnly(host.tokens().get(0));
  }

  @Test
  void aPaymentThatABrokenOffRunLeftOpenIsWaitedFor() throws Exception {
    PayToken token = PayToken.random(random);
    HostAnswer demand =
        new HostClient(host.uri())
            .send("POST", "/pods?duration=3600", POD.body(), token, TIMEOUTS.answer());
    Invoice invoice = Invoice.parse(demand.payHeader().orElseThrow()).orElseThrow();
    OutgoingPayment stray =
        wallet
            .sender()
            .open(invoice, Amount.zero(wallet.sender().asset()))
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    stray.ready().toCompletableFuture().get(10, TimeUnit.SECONDS);
    try (StateFile state = StateFile.open(statePath())) {
      new PendingPurchase("upload", host.uri(), POD.manifestHash(), HOUR, token)
          .putInto(state.root());
      state.save();
    }
    host.onRequest(
        request -> {
          if (steps.toString().contains("trying again")) {
            stray.close();
          }
        });

    Receipt receipt = upload(POD, PLENTY);

    assertThat(receipt.paid().baseUnits().longValue()).isEqualTo(host.price());
    assertThat(host.received()).isEqualTo(host.price());
    assertThat(steps).contains("trying again: Failed to get payment before timeout");
  }

  @Test
  void nothingElseIsBoughtWhileAPurchaseIsUnfinished() {
    host.hangUpAfterPayment(true);
    assertThatThrownBy(() -> upload(POD, PLENTY)).isInstanceOf(ClientException.class);
    PayToken token = host.tokens().get(0);

    assertThatThrownBy(() -> upload(OTHER, PLENTY))
        .hasMessageStartingWith("an unfinished upload of " + POD.manifestHash())
        .extracting(e -> ((ClientException) e).help())
        .asString()
        .contains("--forget");

    assertThat(host.tokens()).containsOnly(token);
    try (StateFile state = StateFile.open(statePath())) {
      state.forgetPending();
    }
    host.hangUpAfterPayment(false);
    assertThat(upload(OTHER, PLENTY).wasBoughtBefore()).isFalse();
  }

  @Test
  void aHostThatWantsItsQuotesPaidWithNothingIsPaidNothing() {
    host.chargeForQuotes();

    Offer offer = buyer.quote(POD, HOUR);

    assertThat(offer.price()).isEqualTo(host.price());
    assertThat(offer.asset()).hasValue(wallet.sender().asset());
    assertThat(host.received()).isZero();
  }

  private Receipt upload(PodFile pod, BigDecimal maximum) {
    try (StateFile state = StateFile.open(statePath())) {
      return buyer.upload(pod, HOUR, maximum, state);
    }
  }

  private Receipt extend() {
    try (StateFile state = StateFile.open(statePath())) {
      return buyer.extend(POD.manifestHash(), HOUR, PLENTY, state);
    }
  }

  private Path statePath() {
    return folder.resolve("pod.codiusstate.json");
  }
}
