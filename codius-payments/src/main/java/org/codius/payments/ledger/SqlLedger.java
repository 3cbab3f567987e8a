package org.codius.payments.ledger;

import static java.util.Objects.requireNonNull;

import java.math.BigInteger;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentException;
import org.codius.payments.ledger.Entry.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Double-entry books in an SQL database: SQLite, or PostgreSQL.
 *
 * <p>Every entry moves an amount from one account to another, and carries the hash of the one
 * before it. Accounts: {@code uplink} is where money comes from, below zero by what it brought;
 * {@code owed:<token>} what of it a token is owed, {@code refund:<token>} what is set aside to be
 * paid back, {@code leaving:<token>} what is on its way back, {@code revenue} what was earned. A
 * connector has others beside them. A balance stays below 2^63 base units.
 *
 * <p>Nobody asks for generated keys: SQLite's driver is quicker if it is told so ({@code
 * SQLiteConfig.setGetGeneratedKeys(false)}).
 *
 * <p>Bookings that wait at the same time share a transaction. Stages complete on the ledger's own
 * thread: do not block there. Safe for use by several threads and, on one database, by several
 * processes.
 */
public final class SqlLedger implements Ledger {

  private static final Logger log = LoggerFactory.getLogger(SqlLedger.class);

  private final Database reading;
  private final Database writing;
  private final Journal journal;
  private final Asset asset;

  private SqlLedger(Database reading, Database writing, Journal journal, Asset asset) {
    this.reading = reading;
    this.writing = writing;
    this.journal = journal;
    this.asset = asset;
  }

  /**
   * Opens the books of {@code asset} in {@code database}, making them if it has none. Books of
   * other assets beside them are left alone.
   *
   * @throws PaymentException if it cannot be read, or was made by a newer version
   */
  public static SqlLedger open(DataSource database, Asset asset, InstantSource clock) {
    return open(database, asset, clock, () -> false);
  }

  /**
   * Does the same with something to fall back on when the disk is full.
   *
   * @param room asked for room when SQLite finds none; returns whether it made any, and then what
   *     failed is tried once more
   */
  public static SqlLedger open(
      DataSource database, Asset asset, InstantSource clock, BooleanSupplier room) {
    requireNonNull(database, "database");
    requireNonNull(asset, "asset");
    requireNonNull(clock, "clock");
    Database writing = new Database(database, room);
    boolean isOpen = false;
    try {
      writing.transact("open ledger", Schema::prepare);
      isOpen = true;
    } finally {
      if (!isOpen) {
        writing.close();
      }
    }
    return new SqlLedger(
        new Database(database), writing, Journal.start(writing, asset, clock), asset);
  }

  /**
   * Returns the assets that {@code database} has books in; none if it has no books.
   *
   * @throws PaymentException if it cannot be read
   */
  public static Set<Asset> assetsIn(DataSource database) {
    try (Database books = new Database(database)) {
      return books.transact("read the ledger's assets", Schema::assets);
    }
  }

  @Override
  public Asset asset() {
    return asset;
  }

  @Override
  public CompletionStage<Receipt> receive(
      PayToken token, String item, String packet, Amount amount) {
    requireNonNull(item, "item");
    requireNonNull(packet, "packet");
    Supplier<String> action = () -> "book " + amount + " under " + token;
    String reference = Accounts.PACKET_PREFIX + packet;
    return submit(
        action,
        amount,
        (books, units) -> {
          String account = Accounts.owed(token);
          if (books.isBooked(reference)) {
            throw new PaymentException(action.get() + ": this packet was booked before");
          }
          if (!isFor(books, account, item)) {
            throw new PaymentException(
                action.get() + ": the token is owed money for something else");
          }
          long entry = books.move(Kind.RECEIVE, Accounts.UPLINK, account, units, reference, item);
          return new Receipt(entry, toAmount(books.balance(account)));
        });
  }

  private static boolean isFor(Books books, String account, String item) throws SQLException {
    String bound = books.item(account);
    return bound == null || bound.equals(item) || books.balance(account) == 0;
  }

  @Override
  public void confirm(Receipt receipt) {
    journal.confirm(receipt.entry());
  }

  @Override
  public void recover() {
    int unconfirmed = writing.transact("mark what is unconfirmed", Books::recover);
    if (unconfirmed > 0) {
      log.warn("packets booked that may not have been paid for: {}", unconfirmed);
    }
  }

  @Override
  public CompletionStage<BigInteger> balance(String account) {
    requireNonNull(account, "account");
    return journal.submit(
        () -> "read the balance of " + account,
        books -> BigInteger.valueOf(books.balance(account)));
  }

  @Override
  public CompletionStage<Void> transfer(String from, String to, Amount amount) {
    requireNonNull(from, "from");
    requireNonNull(to, "to");
    return submit(
            () -> "move " + amount + " from " + from + " to " + to,
            amount,
            (books, units) -> books.move(Kind.TRANSFER, from, to, units, null, null))
        .thenAccept(entry -> {});
  }

  @Override
  public CompletionStage<Void> settle(PayToken token, String purpose, Amount price) {
    requireNonNull(purpose, "purpose");
    String reference = Accounts.SETTLE_PREFIX + purpose;
    return submit(
            () -> "settle " + price + " of " + token,
            price,
            (books, units) -> {
              if (books.has(reference)) {
                return 0L;
              }
              String account = Accounts.owed(token);
              long owed = books.balance(account);
              if (owed < units) {
                throw new IllegalStateException(
                    "settle %s of %s: only %s is owed"
                        .formatted(price, token, toAmount(Math.max(0, owed))));
              }
              return books.move(Kind.SETTLE, account, Accounts.REVENUE, units, reference, null);
            })
        .thenAccept(entry -> {});
  }

  @Override
  public CompletionStage<Amount> beginRefund(PayToken token) {
    return journal.submit(
        () -> "set aside what is owed to " + token, books -> toAmount(Refunds.begin(books, token)));
  }

  @Override
  public CompletionStage<Void> refundLeaving(PayToken token, Amount amount) {
    return refund("send back to ", token, amount, Refunds::leave);
  }

  @Override
  public CompletionStage<Void> refundPaid(PayToken token, Amount amount) {
    return refund("pay back to ", token, amount, Refunds::pay);
  }

  @Override
  public CompletionStage<Void> refundKept(PayToken token, Amount amount) {
    return refund("set aside again for ", token, amount, Refunds::keep);
  }

  @Override
  public CompletionStage<Void> endRefund(PayToken token) {
    return journal
        .submit(() -> "end the refund of " + token, books -> Refunds.end(books, token))
        .thenAccept(rest -> {});
  }

  /** A step of a refund. */
  private interface RefundStep {
    long book(Books books, PayToken token, long units) throws SQLException;
  }

  private CompletionStage<Void> refund(
      String action, PayToken token, Amount amount, RefundStep step) {
    return submit(() -> action + token, amount, (books, units) -> step.book(books, token, units))
        .thenAccept(entry -> {});
  }

  @Override
  public Amount owed(PayToken token) {
    return toAmount(
        reading.transact(
            "read what is owed to " + token, session -> Sums.owed(session, asset, token)));
  }

  @Override
  public boolean isFor(PayToken token, String item) {
    return reading.transact(
        "read what is owed to " + token, session -> Sums.isFor(session, asset, token, item));
  }

  @Override
  public List<Debt> debts() {
    return reading.transact("read what is owed", session -> Sums.debts(session, asset));
  }

  @Override
  public SortedMap<String, BigInteger> balances(String prefix) {
    return reading.transact(
        "read the balances of " + prefix, session -> Sums.balances(session, asset, prefix));
  }

  @Override
  public Summary summary() {
    return reading.transact("read the sums", session -> Sums.summary(session, asset));
  }

  @Override
  public List<String> check() {
    return reading.transact("check the books", Audit::check);
  }

  @Override
  public void close() {
    journal.close();
    writing.close();
    reading.close();
  }

  /** A booking of an amount that fits. */
  private interface AmountBooking<T> {
    T book(Books books, long units) throws SQLException;
  }

  private <T> CompletionStage<T> submit(
      Supplier<String> action, Amount amount, AmountBooking<T> booking) {
    if (!amount.asset().equals(asset)) {
      throw new IllegalArgumentException(
          "amount: in " + amount.asset() + " (expected: " + asset + ")");
    }
    long units = amount.baseUnits().longValue();
    if (units < 0) {
      return CompletableFuture.failedFuture(
          new PaymentException(action.get() + ": the books hold less than 2^63 base units"));
    }
    return journal.submit(action, books -> booking.book(books, units));
  }

  private Amount toAmount(long units) {
    return Amount.of(units, asset);
  }
}
