package org.codius.payments.ledger;

import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.codius.payments.Asset;
import org.codius.payments.PaymentException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what it is handed, in that order, as many bookings to a transaction as wait for one: the
 * disk is waited for once for all of them.
 *
 * <p>A booking that is refused takes none of the others with it. Has a thread of its own, which
 * {@link #close} ends. Safe for use by several threads.
 */
final class Journal implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  private static final int MAXIMUM_WAITING = 16_384;
  private static final int MAXIMUM_BATCH = 1_024;

  /** Confirmations ride along with the next bookings; without any they wait for this long. */
  private static final long CONFIRMATION_DELAY_MILLIS = 50;

  /** Ends the thread. */
  private static final Pending<Object> END = new Pending<>(() -> "close", books -> "");

  /** Wakes it: there is something to confirm. */
  private static final Pending<Object> WAKE = new Pending<>(() -> "wake", books -> "");

  private final Database database;
  private final Asset asset;
  private final InstantSource clock;
  private final BlockingQueue<Pending<?>> waiting = new LinkedBlockingQueue<>(MAXIMUM_WAITING);
  private final ConcurrentLinkedQueue<Long> confirmed = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "ledger");

  private boolean isConfirming; // nothing else is to be written; the thread's own
  private final AtomicBoolean isWoken = new AtomicBoolean();

  private volatile boolean isClosed;

  /** Decides, within a transaction, what is to be booked, and books it. */
  interface Booking<T> {

    /**
     * Books it, and returns what came of it.
     *
     * @throws RuntimeException if it is refused; it has moved nothing then
     */
    T book(Books books) throws SQLException;
  }

  private Journal(Database database, Asset asset, InstantSource clock) {
    this.database = database;
    this.asset = asset;
    this.clock = clock;
  }

  static Journal start(Database database, Asset asset, InstantSource clock) {
    Journal journal = new Journal(database, asset, clock);
    journal.thread.setDaemon(true);
    journal.thread.start();
    return journal;
  }

  /**
   * Hands a booking over. Completes once it is on disk.
   *
   * @param action says what it is in the message if it fails, {@code action: reason}
   */
  <T> CompletionStage<T> submit(Supplier<String> action, Booking<T> booking) {
    Pending<T> pending = new Pending<>(action, booking);
    if (isClosed || !waiting.offer(pending)) {
      pending.fail(
          new PaymentException(
              action.get() + (isClosed ? ": the ledger is closed" : ": too many bookings wait")));
    } else if (isClosed) {
      waiting.remove(pending); // it may have come after the end
      pending.fail(new PaymentException(action.get() + ": the ledger is closed"));
    }
    return pending.result;
  }

  /** Hands a confirmation over; it is on disk a little later. */
  void confirm(long entry) {
    confirmed.add(entry);
    if (!isWoken.getAndSet(true)) {
      waiting.offer(WAKE); // if it is full, the thread is awake
    }
  }

  private void run() {
    List<Pending<?>> batch = new ArrayList<>();
    boolean isOver = false;
    while (!isOver) {
      batch.clear();
      try {
        Pending<?> first = next();
        if (first != null) {
          batch.add(first);
          waiting.drainTo(batch, MAXIMUM_BATCH - 1);
        }
      } catch (InterruptedException e) {
        log.debug("the ledger's thread is not to be interrupted; close the ledger");
      }
      isOver = batch.remove(END);
      batch.remove(WAKE);
      if (isOver || !batch.isEmpty() || isConfirming) {
        isWoken.set(false);
        write(batch);
      }
    }
  }

  /** Returns what comes next, or null once confirmations have waited long enough for it. */
  private @Nullable Pending<?> next() throws InterruptedException {
    isConfirming = false;
    if (confirmed.isEmpty()) {
      return waiting.take();
    }
    Pending<?> next = waiting.poll(CONFIRMATION_DELAY_MILLIS, TimeUnit.MILLISECONDS);
    isConfirming = next == null;
    return next;
  }

  private void write(List<Pending<?>> batch) {
    List<Long> confirmations = new ArrayList<>();
    for (Long entry = confirmed.poll(); entry != null; entry = confirmed.poll()) {
      confirmations.add(entry);
    }
    if (batch.isEmpty() && confirmations.isEmpty()) {
      return;
    }
    try {
      write(batch, confirmations);
    } catch (RuntimeException e) {
      log.debug("batch not written bookings={}", batch.size(), e);
      confirmed.addAll(confirmations);
      batch.forEach(pending -> pending.fail(e));
      return;
    }
    batch.forEach(Pending::complete);
  }

  /** Does it once more, carefully, if a packet was booked before: nothing was written then. */
  private void write(List<Pending<?>> batch, List<Long> confirmations) {
    try {
      write(batch, confirmations, false);
    } catch (PaymentException e) {
      if (!(e.getCause() instanceof SQLIntegrityConstraintViolationException)) {
        throw e;
      }
      log.debug("look for what was booked before", e);
      write(batch, confirmations, true);
    }
  }

  private void write(List<Pending<?>> batch, List<Long> confirmations, boolean isCareful) {
    database.transact(
        "write the books",
        session -> {
          Books books = Books.open(session, asset, clock.instant(), isCareful);
          for (Pending<?> pending : batch) {
            pending.book(books);
          }
          books.write();
          Books.confirm(session, confirmations);
          return books;
        });
  }

  /** Writes what it was handed, and ends. */
  @Override
  public void close() {
    isClosed = true;
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        if (!waiting.contains(END)) {
          waiting.put(END);
        }
        thread.join();
      } catch (InterruptedException e) {
        isInterrupted = true; // what was handed over is written all the same
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A booking on its way. */
  private static final class Pending<T> {

    private final Supplier<String> action;
    private final Booking<T> booking;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private @Nullable T booked;
    private @Nullable RuntimeException refusal;

    private Pending(Supplier<String> action, Booking<T> booking) {
      this.action = action;
      this.booking = booking;
    }

    private void book(Books books) throws SQLException {
      refusal = null;
      try {
        booked = booking.book(books);
      } catch (RuntimeException e) {
        refusal = e;
      }
    }

    @SuppressWarnings("NullAway") // Void's only value is null
    private void complete() {
      if (refusal == null) {
        result.complete(booked);
      } else {
        result.completeExceptionally(refusal);
      }
    }

    private void fail(RuntimeException cause) {
      result.completeExceptionally(
          cause instanceof PaymentException
              ? cause
              : new PaymentException(action.get() + ": " + cause.getMessage(), cause));
    }
  }
}
