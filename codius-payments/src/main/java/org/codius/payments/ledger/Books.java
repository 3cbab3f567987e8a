package org.codius.payments.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.codius.payments.Asset;
import org.codius.payments.PaymentException;
import org.codius.payments.ledger.Entry.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Accounts and entries within one transaction: what is booked is kept in memory until {@link
 * #write}, so that many bookings cost few statements.
 *
 * <p>A balance is what we owe: an entry takes from its source and gives to its target. Only the
 * books' own thread has one.
 */
final class Books {

  private static final String LOCK = "UPDATE ledger_chain SET entries = entries";
  private static final String HEAD = "SELECT entries, hash FROM ledger_chain";
  private static final String MOVE_HEAD = "UPDATE ledger_chain SET entries = ?, hash = ?";
  private static final String ACCOUNT =
      """
      SELECT balance, item FROM ledger_account
        WHERE name = ? AND asset_code = ? AND asset_scale = ?
      """;
  private static final String SAVE_ACCOUNT =
      """
      INSERT INTO ledger_account (name, asset_code, asset_scale, balance, item)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (name, asset_code, asset_scale)
        DO UPDATE SET balance = excluded.balance, item = excluded.item
      """;
  private static final String REFERENCE = "SELECT id FROM ledger_entry WHERE reference = ?";
  private static final String INSERT =
      """
      INSERT INTO ledger_entry (id, kind, source, target, asset_code, asset_scale, amount,
          reference, item, booked_at, hash)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String DOUBT =
      """
      INSERT INTO ledger_in_doubt (entry)
        SELECT id FROM ledger_entry WHERE id BETWEEN ? AND ? AND kind = 'RECEIVE'
      """;
  private static final String CONFIRM = "DELETE FROM ledger_in_doubt WHERE entry BETWEEN ? AND ?";

  /** Result code of SQLite, {@code sqlite3.h}. */
  private static final int SQLITE_CONSTRAINT = 19;

  /** SQL state of PostgreSQL. */
  private static final String UNIQUE_VIOLATION = "23505";

  private final Session session;
  private final Asset asset;
  private final String now;
  private final boolean isCareful;
  private final Map<String, Account> accounts = new HashMap<>();
  private final Set<String> references = new HashSet<>();
  private final List<Entry> entries = new ArrayList<>();

  private long lastEntry;
  private String lastHash;

  private Books(
      Session session,
      Asset asset,
      Instant now,
      boolean isCareful,
      long lastEntry,
      String lastHash) {
    this.session = session;
    this.asset = asset;
    this.now = now.toString();
    this.isCareful = isCareful;
    this.lastEntry = lastEntry;
    this.lastHash = lastHash;
  }

  /**
   * Opens the books of {@code asset}; until the transaction ends, nobody else can write to them.
   *
   * @param now when everything is booked
   * @param isCareful whether {@link #isBooked} looks into the database
   */
  static Books open(Session session, Asset asset, Instant now, boolean isCareful)
      throws SQLException {
    session.prepare(LOCK).executeUpdate();
    try (ResultSet row = session.prepare(HEAD).executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the chain of entries has no end");
      }
      return new Books(session, asset, now, isCareful, row.getLong(1), row.getString(2));
    }
  }

  /** Returns an account's balance; zero if there is none of that name. */
  long balance(String name) throws SQLException {
    return account(name).balance;
  }

  /** Returns what an account's money is for, or null if that is nothing in particular. */
  @Nullable String item(String name) throws SQLException {
    return account(name).item;
  }

  /**
   * Returns whether there is an entry with that reference, as far as can be seen without asking the
   * database: {@link #write} fails if there is one in there. Careful books ask.
   */
  boolean isBooked(String reference) throws SQLException {
    return isCareful ? has(reference) : references.contains(reference);
  }

  /** Returns whether there is an entry with that reference. */
  boolean has(String reference) throws SQLException {
    if (references.contains(reference)) {
      return true;
    }
    PreparedStatement select = session.prepare(REFERENCE);
    select.setString(1, reference);
    try (ResultSet row = select.executeQuery()) {
      return row.next();
    }
  }

  /**
   * Moves {@code amount} and returns the entry's number.
   *
   * @param reference names the entry, uniquely: the caller has asked {@link #has}
   * @param item becomes what the target's money is for, unless null
   * @throws PaymentException if a balance would not fit 64 bits; nothing has moved then
   */
  long move(
      Kind kind,
      String source,
      String target,
      long amount,
      @Nullable String reference,
      @Nullable String item)
      throws SQLException {
    return move(kind, source, target, amount, reference, item, now);
  }

  /** Does the same for what was booked at another time, in ISO 8601. */
  long move(
      Kind kind,
      String source,
      String target,
      long amount,
      @Nullable String reference,
      @Nullable String item,
      String bookedAt)
      throws SQLException {
    Account from = account(source);
    Account to = account(target);
    try {
      long less = Math.subtractExact(from.balance, amount);
      long more = from == to ? from.balance : Math.addExact(to.balance, amount);
      from.balance = less;
      to.balance = more;
    } catch (ArithmeticException e) {
      throw new PaymentException(
          "book %d from %s to %s: an account holds less than 2^63 base units"
              .formatted(amount, source, target),
          e);
    }
    String newItem = item == null || item.equals(to.item) ? null : item;
    if (newItem != null) {
      to.item = newItem;
    }
    if (reference != null) {
      references.add(reference);
    }
    lastEntry++;
    entries.add(
        new Entry(lastEntry, kind, source, target, asset, amount, reference, newItem, bookedAt));
    return lastEntry;
  }

  private Account account(String name) throws SQLException {
    Account known = accounts.get(name);
    if (known == null) {
      PreparedStatement select = session.prepare(ACCOUNT);
      select.setString(1, name);
      select.setString(2, asset.code());
      select.setInt(3, asset.scale());
      try (ResultSet row = select.executeQuery()) {
        known = row.next() ? new Account(row.getLong(1), row.getString(2)) : new Account(0, null);
      }
      accounts.put(name, known);
    }
    return known;
  }

  /** Writes what was booked. The transaction's commit makes it final. */
  void write() throws SQLException {
    if (entries.isEmpty()) {
      return;
    }
    PreparedStatement insert = session.prepare(INSERT);
    boolean isAnyInDoubt = false;
    Set<String> moved = new HashSet<>();
    for (Entry entry : entries) {
      lastHash = entry.hash(lastHash);
      set(insert, entry, lastHash);
      insert.addBatch();
      isAnyInDoubt |= entry.kind() == Kind.RECEIVE;
      moved.add(entry.source());
      moved.add(entry.target());
    }
    insertAll(insert);
    if (isAnyInDoubt) {
      PreparedStatement doubt = session.prepare(DOUBT);
      doubt.setLong(1, entries.get(0).id());
      doubt.setLong(2, lastEntry);
      doubt.executeUpdate();
    }
    save(moved);
    PreparedStatement head = session.prepare(MOVE_HEAD);
    head.setLong(1, lastEntry);
    head.setString(2, lastHash);
    head.executeUpdate();
  }

  /** Inserts, and says by the exception's type if one is there already: not every driver does. */
  private static void insertAll(PreparedStatement insert) throws SQLException {
    try {
      insert.executeBatch();
    } catch (SQLException e) {
      boolean isThere = (e.getErrorCode() & 0xff) == SQLITE_CONSTRAINT;
      if (isThere || UNIQUE_VIOLATION.equals(e.getSQLState())) {
        throw new SQLIntegrityConstraintViolationException(
            e.getMessage(), UNIQUE_VIOLATION, e.getErrorCode(), e);
      }
      throw e;
    }
  }

  private static void set(PreparedStatement insert, Entry entry, String hash) throws SQLException {
    insert.setLong(1, entry.id());
    insert.setString(2, entry.kind().name());
    insert.setString(3, entry.source());
    insert.setString(4, entry.target());
    insert.setString(5, entry.asset().code());
    insert.setInt(6, entry.asset().scale());
    insert.setLong(7, entry.amount());
    insert.setString(8, entry.reference());
    insert.setString(9, entry.item());
    insert.setString(10, entry.bookedAt());
    insert.setString(11, hash);
  }

  private void save(Set<String> names) throws SQLException {
    PreparedStatement save = session.prepare(SAVE_ACCOUNT);
    for (String name : names) {
      Account account = account(name);
      save.setString(1, name);
      save.setString(2, asset.code());
      save.setInt(3, asset.scale());
      save.setLong(4, account.balance);
      save.setString(5, account.item);
      save.addBatch();
    }
    save.executeBatch();
  }

  /** Notes that these entries' senders have paid: a statement for each run of numbers. */
  static void confirm(Session session, Collection<Long> ids) throws SQLException {
    PreparedStatement delete = session.prepare(CONFIRM);
    long[] sorted = ids.stream().mapToLong(Long::longValue).sorted().toArray();
    int first = 0;
    for (int i = 1; i <= sorted.length; i++) {
      if (i == sorted.length || sorted[i] > sorted[i - 1] + 1) {
        delete.setLong(1, sorted[first]);
        delete.setLong(2, sorted[i - 1]);
        delete.executeUpdate();
        first = i;
      }
    }
  }

  /** Notes that every entry's sender has paid. */
  static void confirmAll(Session session) throws SQLException {
    session.prepare("DELETE FROM ledger_in_doubt").executeUpdate();
  }

  /** Marks for good what an earlier run booked without knowing whether its sender paid. */
  static int recover(Session session) throws SQLException {
    session.prepare(LOCK).executeUpdate();
    session
        .prepare("INSERT INTO ledger_unconfirmed (entry) SELECT entry FROM ledger_in_doubt")
        .executeUpdate();
    return session.prepare("DELETE FROM ledger_in_doubt").executeUpdate();
  }

  private static final class Account {
    private long balance;
    private @Nullable String item;

    private Account(long balance, @Nullable String item) {
      this.balance = balance;
      this.item = item;
    }
  }
}
