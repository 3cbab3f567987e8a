package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerErrorCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other end, in Prepares of our own and without money, what it has to know: data, and
 * what we take. The other end does not ask.
 *
 * <p>One is under way at a time; it is sent again until it was heard, or the other end is out of
 * reach. Confined to the connection's sequence.
 */
final class Announcer {

  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  private static final long FIRST_RETRY_MILLIS = 100;
  private static final long LAST_RETRY_MILLIS = 5_000;
  private static final int MAXIMUM_DOUBLINGS = 6;

  /** What the announcer speaks for. Called within the sequence. */
  interface Speaker {

    /** Returns the frames that say how things are. */
    List<Frame> news();

    /** The other end answered, with these frames. */
    void heard(List<Frame> frames);

    /**
     * Returns whether it is gone for good.
     *
     * @param unknown how often in a row it was said to be unknown (F02)
     * @param absence for how long it was said to be unknown or without a connection (T01), over a
     *     link of ours that held
     * @param wasCutOff that link broke since it was last heard: it may have yet to come back too
     */
    boolean isGone(int unknown, Duration absence, boolean wasCutOff);

    /** It is gone, or the connection has sent all it may. */
    void lost();
  }

  private final StreamLink link;
  private final DataChannel data;
  private final Surroundings around;
  private final Executor sequence;
  private final Speaker speaker;

  private @Nullable InterledgerAddress other;
  private boolean hasNews;
  private boolean isBusy; // one is under way, or waits to be sent again
  private boolean isStopped;
  private int failures;
  private int unknown;
  private @Nullable Instant absentSince;
  private boolean wasCutOff;

  Announcer(
      StreamLink link, DataChannel data, Surroundings around, Executor sequence, Speaker speaker) {
    this.link = link;
    this.data = data;
    this.around = around;
    this.sequence = sequence;
    this.speaker = speaker;
  }

  void moveTo(InterledgerAddress address) {
    other = address;
    send();
  }

  /** Sends the news, at once or after what is under way. */
  void announce() {
    hasNews = true;
    send();
  }

  /** Sends what data there is, and may be sent. */
  void goOn() {
    send();
  }

  /** Says good-bye, once. Nothing is sent after it. */
  void close(List<Frame> last, Runnable heard) {
    isStopped = true;
    if (other == null) {
      heard.run();
      return;
    }
    link.send(other, UnsignedLong.ZERO, 0, last).whenComplete((answer, failure) -> heard.run());
  }

  void stop() {
    isStopped = true;
  }

  private void send() {
    InterledgerAddress to = other;
    if (isStopped || isBusy || to == null) {
      return;
    }
    if (link.isExhausted()) {
      speaker.lost();
      return;
    }
    Frame.StreamData piece = data.next();
    if (piece == null && !hasNews) {
      return;
    }
    List<Frame> frames = new ArrayList<>(speaker.news());
    if (piece != null) {
      frames.add(piece);
    }
    isBusy = true;
    hasNews = false;
    link.send(to, UnsignedLong.ZERO, 0, frames)
        .whenComplete((answer, failure) -> within(() -> answered(answer)));
  }

  private void answered(Answer answer) {
    isBusy = false;
    if (answer instanceof Answer.Rejected rejected && !rejected.isRead()) {
      data.failed(rejected);
      failed(rejected);
      return;
    }
    data.answered(answer.frames());
    failures = 0;
    unknown = 0;
    absentSince = null;
    wasCutOff = false;
    if (!isStopped) {
      speaker.heard(answer.frames());
      send();
    }
  }

  private void failed(Answer.Rejected rejected) {
    hasNews = true;
    if (isStopped) {
      return;
    }
    if (isGone(rejected)) {
      log.debug("other end out of reach");
      speaker.lost();
      return;
    }
    Duration delay = retryDelay();
    isBusy = true;
    failures++;
    try {
      around.timer().schedule(() -> within(this::retry), delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("announcement given up: the timer is closed");
    }
  }

  private boolean isGone(Answer.Rejected rejected) {
    boolean isUnknown = rejected.is(InterledgerErrorCode.F02_UNREACHABLE);
    if (!around.uplink().isConnected()) {
      wasCutOff = true;
      unknown = 0;
      absentSince = null;
      return false;
    }
    if (!isUnknown && !rejected.is(InterledgerErrorCode.T01_PEER_UNREACHABLE)) {
      absentSince = null;
      return false;
    }
    if (isUnknown) {
      unknown++;
    }
    Instant now = around.clock().instant();
    Instant since = absentSince == null ? now : absentSince;
    absentSince = since;
    return speaker.isGone(unknown, Duration.between(since, now), wasCutOff);
  }

  private void retry() {
    isBusy = false;
    send();
  }

  private Duration retryDelay() {
    long doubled = FIRST_RETRY_MILLIS << Math.min(failures, MAXIMUM_DOUBLINGS);
    return Duration.ofMillis(Math.min(doubled, LAST_RETRY_MILLIS));
  }

  private void within(Runnable step) {
    try {
      sequence.execute(step);
    } catch (RejectedExecutionException e) {
      log.debug("announcement given up: the worker is busy or closed");
    }
  }
}
