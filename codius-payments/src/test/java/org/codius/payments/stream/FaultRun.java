package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.primitives.Bytes;
import com.google.common.primitives.UnsignedLong;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentData;
import org.codius.payments.PaymentException;
import org.codius.payments.PaymentReceiver.IncomingPayment;
import org.codius.payments.PaymentResult;
import org.codius.payments.PaymentSender.OutgoingPayment;
import org.codius.payments.testing.NetworkFaults;
import org.codius.payments.testing.SimulatedNetwork;
import org.codius.payments.testing.SimulatedUplink;
import org.codius.payments.testing.VirtualProcess;
import org.codius.payments.testing.VirtualTime;
import org.interledger.core.InterledgerAddress;
import org.jspecify.annotations.Nullable;

/** A run of {@link StreamFaultTest}: a host, some payers, and what happens to them. */
final class FaultRun {

  private static final Asset XRP = new Asset("XRP", 9);
  private static final String ITEM = "POST manifest 60";
  private static final Duration PATIENCE = Duration.ofSeconds(50);
  private static final Duration TROUBLE = Duration.ofMinutes(4);
  private static final Duration LIMIT = Duration.ofHours(2);

  private final long seed;
  private final Random chance;
  private final SecureRandom secrets;
  private final VirtualTime time = new VirtualTime();
  private final SimulatedNetwork network;
  private final SimulatedUplink hostUplink;
  private final MemoryLedger ledger = new MemoryLedger(XRP);
  private final List<Payer> payers = new ArrayList<>();
  private final boolean isOneToOne;
  private final boolean mayRestart;
  private VirtualProcess hostProcess;
  private StreamReceiver host;
  private int restarts;

  FaultRun(long seed) {
    this.seed = seed;
    chance = new Random(seed);
    secrets = new Repeatable(seed);
    network = new SimulatedNetwork(time, new Random(seed + 1));
    hostUplink = network.attach(InterledgerAddress.of("test.host"), XRP, 1);
    isOneToOne = chance.nextInt(3) > 0;
    mayRestart = chance.nextBoolean();
    hostProcess = time.startProcess();
    host = startHost();
    int count = 1 + chance.nextInt(3);
    for (int i = 0; i < count; i++) {
      long value = isOneToOne ? 1 : 1 + chance.nextInt(4);
      InterledgerAddress address = InterledgerAddress.of("test.payer" + i);
      payers.add(new Payer(network.attach(address, XRP, value), value));
    }
  }

  void play() {
    NetworkFaults faults = faults();
    network.suffer(faults);
    payers.forEach(Payer::begin);
    for (int i = 0; mayRestart && i < 4; i++) {
      Duration delay = Duration.ofMillis(chance.nextInt(60_000));
      time.after(delay, chance.nextBoolean() ? this::restartHost : this::restartPayer);
    }
    for (int i = 0; i < 2; i++) {
      time.after(Duration.ofMillis(chance.nextInt(60_000)), this::interruptALink);
    }
    time.after(TROUBLE, () -> network.suffer(faults.without()));

    boolean isAllPaid = time.runUntil(() -> payers.stream().allMatch(Payer::isDone), LIMIT);
    payers.forEach(Payer::leave);
    time.pass(Duration.ofMinutes(2)); // what is under way arrives, or is too late

    assertThat(isAllPaid).as("seed %s: paid in the end", seed).isTrue();
    check();
  }

  /** What must hold whatever happened. */
  private void check() {
    UnsignedLong booked = UnsignedLong.ZERO;
    UnsignedLong spent = UnsignedLong.ZERO; // in the host's units
    for (Payer payer : payers) {
      UnsignedLong owed = ledger.owed(payer.token).baseUnits();
      booked = booked.plus(owed);
      spent = spent.plus(payer.uplink.spent().baseUnits().times(UnsignedLong.valueOf(payer.value)));
      assertThat(owed)
          .as("seed %s: no more than the price", seed)
          .isBetween(payer.price.baseUnits(), atMost(payer.price.baseUnits()));
      assertThat(payer.uplink.spent().baseUnits().times(UnsignedLong.valueOf(payer.value)))
          .as("seed %s: charged once", seed)
          .isLessThanOrEqualTo(atMost(payer.price.baseUnits()));
      assertThat(payer.uplink.spent().baseUnits())
          .as("seed %s: a payer that lived through it knows what it paid", seed)
          .isGreaterThanOrEqualTo(payer.known());
      payer.checkTalk(payer.wasBroken);
      if (payer.restarts == 0) {
        assertThat(payer.uplink.spent().baseUnits()).isEqualTo(payer.known());
      }
    }
    UnsignedLong earned = hostUplink.earned().baseUnits();
    UnsignedLong unconfirmed = hostUplink.unconfirmed().baseUnits();
    assertThat(spent).as("seed %s: what was spent was earned", seed).isEqualTo(earned);
    assertThat(booked)
        .as("seed %s: what was earned is in the books", seed)
        .isGreaterThanOrEqualTo(earned);
    assertThat(booked)
        .as("seed %s: and nothing else, but what was under way", seed)
        .isLessThanOrEqualTo(earned.plus(unconfirmed));
    if (restarts == 0) {
      assertThat(booked).as("seed %s: to the unit", seed).isEqualTo(earned.plus(unconfirmed));
    }
  }

  /** Across a rate 1 % more is taken, rounded up. */
  private UnsignedLong atMost(UnsignedLong price) {
    return isOneToOne
        ? price
        : price.plus(price.dividedBy(UnsignedLong.valueOf(100))).plus(UnsignedLong.ONE);
  }

  private NetworkFaults faults() {
    return new NetworkFaults(
        chance.nextInt(30),
        chance.nextInt(30),
        chance.nextInt(10),
        chance.nextInt(20),
        Duration.ofMillis(1 + chance.nextInt(3_000)),
        chance.nextBoolean()
            ? UnsignedLong.MAX_VALUE
            : UnsignedLong.valueOf(10_000 + chance.nextInt(500_000)));
  }

  private StreamReceiver startHost() {
    StreamReceiver started =
        StreamReceiver.start(
            hostUplink, ledger, new byte[32], hostProcess, hostProcess, time, secrets);
    if (!mayRestart) {
      started.onReady(this::talk);
    }
    return started;
  }

  /** Sends the payer some bytes, and takes what it sends. */
  private void talk(IncomingPayment payment) {
    payers.stream()
        .filter(payer -> payer.token.equals(payment.token()))
        .forEach(
            payer -> {
              Talk talk = new Talk();
              payer.talk = talk;
              payment.data().write(talk.toPayer);
              Talk.readAll(payment.data(), talk.atHost);
            });
  }

  private void restartHost() {
    restarts++;
    killHost();
    time.after(
        Duration.ofMillis(chance.nextInt(3_000)),
        () -> {
          if (hostProcess.isAlive()) {
            killHost(); // it was restarted twice at once
          }
          hostProcess = time.startProcess();
          host = startHost();
        });
  }

  private void killHost() {
    hostProcess.kill();
    hostUplink.disconnect();
    payers.forEach(payer -> payer.again(payer.attempt)); // their requests died with it
  }

  private void interruptALink() {
    int which = chance.nextInt(payers.size() + 1);
    SimulatedUplink link = which < payers.size() ? payers.get(which).uplink : hostUplink;
    link.breakLink();
    time.after(Duration.ofMillis(chance.nextInt(20_000)), link::mendLink);
  }

  private void restartPayer() {
    payers.get(chance.nextInt(payers.size())).restart();
  }

  /** Buys one thing, and comes back with the same token until it is paid for. */
  private final class Payer {

    private final SimulatedUplink uplink;
    private final long value;
    private final PayToken token = PayToken.random(chance);
    private final Amount price = Amount.of(1 + chance.nextInt(2_000_000), XRP);
    private final List<OutgoingPayment> payments = new ArrayList<>();
    private @Nullable VirtualProcess process;
    private @Nullable StreamSender sender;
    private int restarts;
    private int attempt;
    private boolean wasBroken;
    private @Nullable Talk talk;

    private Payer(SimulatedUplink uplink, long value) {
      this.uplink = uplink;
      this.value = value;
    }

    private boolean isPaid() {
      return ledger.owed(token).baseUnits().compareTo(price.baseUnits()) >= 0;
    }

    /** Returns whether it has paid, and all was said, unless the connection broke before. */
    private boolean isDone() {
      Talk said = talk;
      return isPaid() && (said == null || said.isOver() || isBroken());
    }

    private boolean isBroken() {
      return payments.size() > 1 || payments.stream().anyMatch(one -> isOver(one.ended()));
    }

    /** On the first connection: nothing twice, nothing wrong, and all of it if it held. */
    private void checkTalk(boolean wasBroken) {
      Talk said = talk;
      if (said == null || payments.size() > 1) {
        return;
      }
      assertPrefix("bytes to the host", said.toHost, said.atHost);
      assertPrefix(
          "bytes to the payer", Bytes.concat(new byte[] {(byte) 0xff}, said.toPayer), said.atPayer);
      assertThat(wasBroken || said.isOver()).as("seed %s: all was said", seed).isTrue();
    }

    private void assertPrefix(String what, byte[] whole, ByteArrayOutputStream read) {
      assertThat(read.toByteArray())
          .as("seed %s: %s", seed, what)
          .isEqualTo(Arrays.copyOf(whole, read.size()));
    }

    private UnsignedLong known() {
      return payments.stream()
          .map(payment -> payment.sent().baseUnits())
          .reduce(UnsignedLong.ZERO, UnsignedLong::plus);
    }

    private void begin() {
      VirtualProcess started = time.startProcess();
      process = started;
      sender = StreamSender.create(uplink, started, time, secrets, StreamSenderConfig.DEFAULT);
      request();
    }

    private void restart() {
      VirtualProcess running = process;
      if (running != null) {
        restarts++;
        running.kill();
        uplink.disconnect();
        process = null;
        sender = null;
        attempt++;
        time.after(Duration.ofMillis(chance.nextInt(3_000)), this::begin);
      }
    }

    private void leave() {
      attempt++;
      wasBroken = isBroken();
      payments.forEach(OutgoingPayment::close);
    }

    /** The request: the host takes the price of an open payment, or answers with an invoice. */
    private void request() {
      StreamSender payer = sender;
      if (payer == null || isPaid()) {
        return;
      }
      int current = ++attempt;
      if (!hostProcess.isAlive()) {
        again(current);
        return;
      }
      Optional<IncomingPayment> open = host.find(token);
      if (open.isPresent()) {
        open.get()
            .receive(PATIENCE)
            .whenComplete((result, failure) -> answered(current, open.get(), result));
      } else {
        pay(payer, current);
      }
    }

    private void pay(StreamSender payer, int current) {
      payments.forEach(OutgoingPayment::close);
      payer
          .open(host.invoice(token, ITEM, price), Amount.of(2 * price.baseUnits().longValue(), XRP))
          .whenComplete(
              (payment, failure) -> {
                if (payment == null) {
                  assertThat(failure).isInstanceOf(PaymentException.class);
                  again(current);
                  return;
                }
                payments.add(payment);
                payment
                    .ready()
                    .thenRun(
                        () -> {
                          Talk said = talk;
                          if (said != null) {
                            payment.data().write(said.toHost);
                            Talk.readAll(payment.data(), said.atPayer);
                          }
                          if (current == attempt) {
                            request();
                          }
                        });
                payment.ended().thenRun(() -> again(attempt));
              });
    }

    private void answered(int current, IncomingPayment payment, @Nullable PaymentResult result) {
      if (!(result instanceof PaymentResult.Paid)) {
        payment.close();
        again(current);
      }
    }

    /** Tries again a little later, unless something else has been begun meanwhile. */
    private void again(int current) {
      if (current == attempt && !isPaid()) {
        int next = ++attempt;
        time.after(
            Duration.ofSeconds(1 + chance.nextInt(5)),
            () -> {
              if (next == attempt) {
                request();
              }
            });
      }
    }
  }

  private static boolean isOver(CompletionStage<?> stage) {
    return stage.toCompletableFuture().isDone();
  }

  /** What two ends say to each other beside the money. */
  private static final class Talk {

    private final byte[] toHost = bytes(50_000, 31);
    private final byte[] toPayer = bytes(40_000, 37);
    private final ByteArrayOutputStream atHost = new ByteArrayOutputStream();
    private final ByteArrayOutputStream atPayer = new ByteArrayOutputStream();

    private boolean isOver() {
      return atHost.size() >= toHost.length && atPayer.size() > toPayer.length;
    }

    private static void readAll(PaymentData data, ByteArrayOutputStream into) {
      data.read()
          .thenAccept(
              bytes -> {
                into.writeBytes(bytes);
                if (bytes.length > 0) {
                  readAll(data, into);
                }
              });
    }

    private static byte[] bytes(int length, int factor) {
      byte[] bytes = new byte[length];
      for (int i = 0; i < length; i++) {
        bytes[i] = (byte) (i * factor + (i >> 8));
      }
      return bytes;
    }
  }

  /** Secrets that are the same every time, and so none. */
  private static final class Repeatable extends SecureRandom {

    private final Random random;

    private Repeatable(long seed) {
      random = new Random(seed);
    }

    @Override
    public void nextBytes(byte[] bytes) {
      random.nextBytes(bytes);
    }
  }
}
