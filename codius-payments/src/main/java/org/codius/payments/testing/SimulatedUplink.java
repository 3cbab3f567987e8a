package org.codius.payments.testing;

import com.google.common.primitives.UnsignedLong;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PacketHandler;
import org.codius.payments.Uplink;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerCondition;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerResponsePacket;
import org.jspecify.annotations.Nullable;

/**
 * An account in a {@link SimulatedNetwork}, and the link to it.
 *
 * <p>It stays when the process behind it dies: {@link #disconnect} and let another one call {@link
 * #onPrepare}. Confined to the thread that lets the time pass.
 */
public final class SimulatedUplink implements Uplink {

  private final SimulatedNetwork network;
  private final InterledgerAddress address;
  private final Asset asset;
  private final long value;
  private final Map<InterledgerCondition, Arrival> arrivals = new LinkedHashMap<>();
  private @Nullable PacketHandler handler;
  private boolean isBroken;
  private UnsignedLong spent = UnsignedLong.ZERO;
  private UnsignedLong earned = UnsignedLong.ZERO;

  SimulatedUplink(SimulatedNetwork network, InterledgerAddress address, Asset asset, long value) {
    this.network = network;
    this.address = address;
    this.asset = asset;
    this.value = value;
  }

  /** Returns what the account was charged. */
  public Amount spent() {
    return new Amount(spent, asset);
  }

  /** Returns what the account was credited. */
  public Amount earned() {
    return new Amount(earned, asset);
  }

  /**
   * Returns the money of the packets that arrived and were not paid though whoever is here may
   * believe so: the Fulfill was lost or late, or there was no answer, as of a process that died.
   */
  public Amount unconfirmed() {
    return new Amount(
        arrivals.values().stream()
            .filter(Arrival::isUnconfirmed)
            .map(arrival -> arrival.amount)
            .reduce(UnsignedLong.ZERO, UnsignedLong::plus),
        asset);
  }

  /** Has packets to here rejected with T01 until somebody calls {@link #onPrepare}. */
  public void disconnect() {
    handler = null;
  }

  /**
   * Breaks the link until {@link #mendLink}: packets from here are rejected with T01, those to here
   * with F02, as by npm ilp-connector.
   */
  public void breakLink() {
    isBroken = true;
  }

  /** Has packets get through again. */
  public void mendLink() {
    isBroken = false;
  }

  boolean isBroken() {
    return isBroken;
  }

  @Override
  public CompletionStage<InterledgerResponsePacket> handle(InterledgerPreparePacket prepare) {
    return network.carry(this, prepare);
  }

  @Override
  public InterledgerAddress address() {
    return address;
  }

  @Override
  public Asset asset() {
    return asset;
  }

  @Override
  public boolean isConnected() {
    return handler != null && !isBroken;
  }

  @Override
  public void onPrepare(PacketHandler newHandler) {
    if (handler != null) {
      throw new IllegalStateException(
          "answer at " + address.getValue() + ": somebody does already");
    }
    handler = newHandler;
  }

  @Override
  public void offPrepare(PacketHandler former) {
    if (former.equals(handler)) {
      disconnect();
    }
  }

  @Override
  public void close() {
    disconnect();
  }

  @Nullable PacketHandler handler() {
    return handler;
  }

  UnsignedLong exchange(UnsignedLong amount, SimulatedUplink to) {
    return SimulatedNetwork.exchange(amount, value, to.value);
  }

  /** Notes a packet, or a copy of one, that is handed over. */
  void delivered(InterledgerPreparePacket prepare) {
    arrivals.computeIfAbsent(
            prepare.getExecutionCondition(), condition -> new Arrival(prepare.getAmount()))
        .unanswered++;
  }

  /** Notes the answer to one. */
  void answered(InterledgerPreparePacket prepare, InterledgerResponsePacket response) {
    Arrival arrival = arrivals.get(prepare.getExecutionCondition());
    if (arrival != null) {
      arrival.unanswered--;
      arrival.isFulfilled |= response instanceof InterledgerFulfillPacket;
    }
  }

  void spend(UnsignedLong amount) {
    spent = spent.plus(amount);
  }

  void earn(InterledgerCondition condition, UnsignedLong amount) {
    Arrival arrival = arrivals.get(condition);
    if (arrival != null) {
      arrival.isPaid = true;
    }
    earned = earned.plus(amount);
  }

  /** A packet that arrived, perhaps several times. */
  private static final class Arrival {

    private final UnsignedLong amount;
    private int unanswered;
    private boolean isFulfilled;
    private boolean isPaid;

    private Arrival(UnsignedLong amount) {
      this.amount = amount;
    }

    private boolean isUnconfirmed() {
      return !isPaid && (isFulfilled || unanswered > 0);
    }
  }
}
