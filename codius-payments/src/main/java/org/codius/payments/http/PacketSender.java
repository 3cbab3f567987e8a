package org.codius.payments.http;

import static java.net.http.HttpRequest.BodyPublishers.ofByteArray;

import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.codius.payments.PacketHandler;
import org.codius.payments.ilp.IlpCodec;
import org.codius.payments.ilp.OerException;
import org.codius.payments.ilp.Rejects;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * POSTs Prepares to the parent.
 *
 * <p>Whatever is wrong with the parent is a temporary reject: T01 if it cannot be reached or
 * answers with another status than 200, T03 if too many packets are under way, R00 if it does not
 * answer in time. Safe for use by several threads.
 */
final class PacketSender implements PacketHandler {

  private static final Logger log = LoggerFactory.getLogger(PacketSender.class);

  private static final int OK = 200;

  private final HttpUplinkConfig config;
  private final HttpClient client;
  private final InstantSource clock;
  private final Semaphore places;
  private final Consumer<String> onOutcome;

  /**
   * Sends nothing yet.
   *
   * @param onOutcome told after each attempt what was wrong with the parent; the empty string for
   *     nothing
   */
  PacketSender(
      HttpUplinkConfig config, Executor workers, InstantSource clock, Consumer<String> onOutcome) {
    this.config = config;
    this.clock = clock;
    this.onOutcome = onOutcome;
    this.places = new Semaphore(config.maximumPending());
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(config.connectTimeout())
            .executor(workers)
            .build();
  }

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    Duration left = Duration.between(clock.instant(), prepare.getExpiresAt());
    if (left.isNegative() || left.isZero()) {
      return Rejects.answer(
          InterledgerErrorCode.R00_TRANSFER_TIMED_OUT, "expired before it was sent");
    }
    byte[] body;
    try {
      body = IlpCodec.encode(prepare);
    } catch (IllegalArgumentException e) {
      return Rejects.answer(
          InterledgerErrorCode.F01_INVALID_PACKET, String.valueOf(e.getMessage()));
    }
    if (!places.tryAcquire()) {
      return Rejects.answer(
          InterledgerErrorCode.T03_CONNECTOR_BUSY, "too many packets to this peer");
    }
    Duration patience = config.responseTimeout();
    return client
        .sendAsync(
            post(body, left.compareTo(patience) < 0 ? left : patience),
            head -> new LimitedBody(IlpHttp.MAXIMUM_BODY))
        .handle(this::answer)
        .whenComplete((response, e) -> places.release());
  }

  private HttpRequest post(byte[] body, Duration timeout) {
    return HttpRequest.newBuilder(config.endpoint())
        .timeout(timeout)
        .header("Authorization", "Bearer " + config.outgoingToken())
        .header("Content-Type", IlpHttp.CONTENT_TYPE)
        .header("Accept", IlpHttp.CONTENT_TYPE)
        .POST(ofByteArray(body))
        .build();
  }

  private InterledgerResponsePacket answer(
      @Nullable HttpResponse<byte[]> response, @Nullable Throwable failure) {
    if (response == null) {
      return failed(failure);
    }
    if (response.statusCode() != OK) {
      return lost("it answered with HTTP status " + response.statusCode());
    }
    try {
      if (IlpCodec.decode(response.body()) instanceof InterledgerResponsePacket answer) {
        onOutcome.accept("");
        return answer;
      }
    } catch (OerException e) {
      log.debug("unreadable answer peer={}: {}", config.endpoint(), e.getMessage());
    }
    return lost("its answer is no Fulfill or Reject");
  }

  private InterledgerResponsePacket failed(@Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof HttpTimeoutException && !(cause instanceof HttpConnectTimeoutException)) {
      onOutcome.accept("it did not answer in time");
      return Rejects.of(InterledgerErrorCode.R00_TRANSFER_TIMED_OUT, "the peer did not answer");
    }
    return lost(String.valueOf(cause));
  }

  private InterledgerResponsePacket lost(String why) {
    log.debug("packet not sent peer={}: {}", config.endpoint(), why);
    onOutcome.accept(why);
    return Rejects.of(InterledgerErrorCode.T01_PEER_UNREACHABLE, "the peer cannot be reached");
  }
}
