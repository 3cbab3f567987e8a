package org.codius.payments.testing;

import static com.google.common.base.Preconditions.checkArgument;

import com.google.common.primitives.UnsignedLong;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.codius.payments.Asset;
import org.codius.payments.PacketHandler;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.core.InterledgerResponsePacket;

/**
 * A connector and its accounts' links, in memory and in {@link VirtualTime}. It loses, copies,
 * delays and so reorders packets and answers, and refuses some, all by its source of randomness.
 *
 * <p>Money moves as RFC 27 has it: with the first valid Fulfill that arrives before its Prepare's
 * expiry, once, and never else. {@link SimulatedUplink} tells what each account spent, earned, and
 * may believe to have earned. Confined to the thread that lets the time pass.
 */
public final class SimulatedNetwork {

  private static final Duration HOP = Duration.ofSeconds(1); // taken off the expiry
  private static final List<InterledgerErrorCode> BUSY =
      List.of(
          InterledgerErrorCode.T02_PEER_BUSY,
          InterledgerErrorCode.T03_CONNECTOR_BUSY,
          InterledgerErrorCode.T04_INSUFFICIENT_LIQUIDITY,
          InterledgerErrorCode.T05_RATE_LIMITED);

  private final VirtualTime time;
  private final RandomGenerator random;
  private final Map<String, SimulatedUplink> uplinks = new TreeMap<>();
  private NetworkFaults faults = NetworkFaults.NONE;

  public SimulatedNetwork(VirtualTime time, RandomGenerator random) {
    this.time = time;
    this.random = random;
  }

  /** Sets what goes wrong from now on. */
  public void suffer(NetworkFaults newFaults) {
    faults = newFaults;
  }

  /**
   * Opens an account.
   *
   * @param value what a base unit of the account is worth; a packet is exchanged at the ratio of
   *     two accounts' values, rounded down
   */
  public SimulatedUplink attach(InterledgerAddress address, Asset asset, long value) {
    checkArgument(value > 0, "value: %s (expected: above 0)", value);
    SimulatedUplink uplink = new SimulatedUplink(this, address, asset, value);
    uplinks.put(address.getValue(), uplink);
    return uplink;
  }

  /** Takes a packet on its way. */
  CompletionStage<InterledgerResponsePacket> carry(
      SimulatedUplink from, InterledgerPreparePacket prepare) {
    Transit transit = new Transit(from, prepare);
    Optional<SimulatedUplink> to = route(prepare.getDestination());
    if (from.isBroken()) {
      transit.reject(InterledgerErrorCode.T01_PEER_UNREACHABLE, new byte[0]);
    } else if (to.isEmpty() || to.get().isBroken()) {
      transit.reject(InterledgerErrorCode.F02_UNREACHABLE, new byte[0]);
    } else if (prepare.getAmount().compareTo(faults.largestPacket()) > 0) {
      byte[] data =
          ByteBuffer.allocate(2 * Long.BYTES)
              .putLong(prepare.getAmount().longValue())
              .putLong(faults.largestPacket().longValue())
              .array();
      transit.reject(InterledgerErrorCode.F08_AMOUNT_TOO_LARGE, data);
    } else if (happens(faults.busyPercent())) {
      transit.reject(BUSY.get(random.nextInt(BUSY.size())), new byte[0]);
    } else {
      send(transit, to.get());
    }
    return transit.answer;
  }

  private void send(Transit transit, SimulatedUplink to) {
    time.after(Duration.between(time.instant(), transit.expiry), transit::expire);
    if (!happens(faults.lostPercent())) {
      time.after(delay(), () -> deliver(transit, to));
    }
    if (happens(faults.copiedPercent())) {
      time.after(delay(), () -> deliver(transit, to));
    }
  }

  private void deliver(Transit transit, SimulatedUplink to) {
    PacketHandler handler = to.handler();
    if (!time.instant().isBefore(transit.expiry)) {
      return;
    }
    if (handler == null) {
      transit.reject(InterledgerErrorCode.T01_PEER_UNREACHABLE, new byte[0]);
      return;
    }
    UnsignedLong amount = transit.from.exchange(transit.prepare.getAmount(), to);
    InterledgerPreparePacket arriving =
        InterledgerPreparePacket.builder()
            .from(transit.prepare)
            .amount(amount)
            .expiresAt(transit.expiry.minus(HOP))
            .build();
    to.delivered(arriving);
    handler
        .handle(arriving)
        .thenAccept(
            response -> {
              to.answered(arriving, response);
              giveBack(transit, to, amount, response);
            });
  }

  private void giveBack(
      Transit transit,
      SimulatedUplink to,
      UnsignedLong amount,
      InterledgerResponsePacket response) {
    if (happens(faults.lostPercent())) {
      return;
    }
    Duration late = Duration.between(time.instant(), transit.expiry);
    time.after(
        happens(faults.latePercent()) ? late : delay(), () -> transit.arrive(to, amount, response));
  }

  private Optional<SimulatedUplink> route(InterledgerAddress destination) {
    String rest = destination.getValue();
    while (true) {
      SimulatedUplink found = uplinks.get(rest);
      int dot = rest.lastIndexOf('.');
      if (found != null || dot < 0) {
        return Optional.ofNullable(found);
      }
      rest = rest.substring(0, dot);
    }
  }

  private Duration delay() {
    long most = faults.maximumDelay().toNanos();
    return most == 0 ? Duration.ZERO : Duration.ofNanos(random.nextLong(most));
  }

  private boolean happens(int percent) {
    return percent > 0 && random.nextInt(100) < percent;
  }

  /** A packet between the moment it was sent and its answer. */
  private final class Transit {

    private final SimulatedUplink from;
    private final InterledgerPreparePacket prepare;
    private final Instant expiry;
    private final CompletableFuture<InterledgerResponsePacket> answer = new CompletableFuture<>();

    private Transit(SimulatedUplink from, InterledgerPreparePacket prepare) {
      this.from = from;
      this.prepare = prepare;
      expiry = prepare.getExpiresAt();
    }

    private void reject(InterledgerErrorCode code, byte[] data) {
      InterledgerRejectPacket reject =
          InterledgerRejectPacket.builder().code(code).message("").data(data).build();
      time.after(delay(), () -> answer.complete(reject));
    }

    private void expire() {
      answer.complete(
          InterledgerRejectPacket.builder()
              .code(InterledgerErrorCode.R00_TRANSFER_TIMED_OUT)
              .message("")
              .build());
    }

    private void arrive(
        SimulatedUplink to, UnsignedLong amount, InterledgerResponsePacket response) {
      if (answer.isDone() || !time.instant().isBefore(expiry)) {
        return;
      }
      if (response instanceof InterledgerFulfillPacket fulfill
          && fulfill.getFulfillment().getCondition().equals(prepare.getExecutionCondition())) {
        from.spend(prepare.getAmount());
        to.earn(prepare.getExecutionCondition(), amount);
      }
      answer.complete(response);
    }
  }

  /** Returns {@code amount} of one account in units of another. */
  static UnsignedLong exchange(UnsignedLong amount, long from, long to) {
    return UnsignedLong.valueOf(
        amount.bigIntegerValue().multiply(BigInteger.valueOf(from)).divide(BigInteger.valueOf(to)));
  }
}
