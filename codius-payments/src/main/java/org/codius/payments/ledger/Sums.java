package org.codius.payments.ledger;

import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.codius.payments.Amount;
import org.codius.payments.Asset;
import org.codius.payments.Ledger.Debt;
import org.codius.payments.Ledger.Summary;
import org.codius.payments.PayToken;

/** Reads what the books say, without writing to them. */
final class Sums {

  private static final String ACCOUNT =
      """
      SELECT balance, item FROM ledger_account
        WHERE name = ? AND asset_code = ? AND asset_scale = ?
      """;

  private static final String DEBTS =
      """
      SELECT name, balance FROM ledger_account
        WHERE (name LIKE 'owed:%' OR name LIKE 'refund:%' OR name LIKE 'leaving:%') AND balance > 0
          AND asset_code = ? AND asset_scale = ?
        ORDER BY name
      """;

  private static final String BALANCES =
      """
      SELECT name, balance FROM ledger_account
        WHERE SUBSTR(name, 1, ?) = ? AND balance <> 0 AND asset_code = ? AND asset_scale = ?
      """;

  private static final String BY_KIND =
      """
      SELECT COALESCE(SUM(amount), 0) FROM ledger_entry
        WHERE kind = ? AND asset_code = ? AND asset_scale = ?
      """;

  private static final String UNCONFIRMED =
      """
      SELECT COUNT(*) FROM ledger_unconfirmed JOIN ledger_entry ON id = entry
        WHERE asset_code = ? AND asset_scale = ?
      """;

  private Sums() {}

  static long owed(Session session, Asset asset, PayToken token) throws SQLException {
    try (ResultSet row = account(session, asset, Accounts.owed(token))) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  static boolean isFor(Session session, Asset asset, PayToken token, String item)
      throws SQLException {
    try (ResultSet row = account(session, asset, Accounts.owed(token))) {
      if (!row.next() || row.getLong(1) == 0) {
        return true;
      }
      String bound = row.getString(2);
      return bound == null || bound.equals(item);
    }
  }

  private static ResultSet account(Session session, Asset asset, String name) throws SQLException {
    PreparedStatement select = session.prepare(ACCOUNT);
    select.setString(1, name);
    setAsset(select, 2, asset);
    return select.executeQuery();
  }

  static List<Debt> debts(Session session, Asset asset) throws SQLException {
    Map<String, Map<String, Long>> byToken = new TreeMap<>(); // then by the account's prefix
    PreparedStatement select = session.prepare(DEBTS);
    setAsset(select, 1, asset);
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        String name = row.getString(1);
        int token = name.indexOf(':') + 1;
        byToken
            .computeIfAbsent(name.substring(token), key -> new HashMap<>())
            .put(name.substring(0, token), row.getLong(2));
      }
    }
    List<Debt> debts = new ArrayList<>();
    byToken.forEach(
        (token, balances) ->
            debts.add(
                new Debt(
                    new PayToken(token),
                    Amount.of(balances.getOrDefault(Accounts.OWED_PREFIX, 0L), asset),
                    Amount.of(balances.getOrDefault(Accounts.REFUND_PREFIX, 0L), asset),
                    Amount.of(balances.getOrDefault(Accounts.LEAVING_PREFIX, 0L), asset))));
    return List.copyOf(debts);
  }

  static SortedMap<String, BigInteger> balances(Session session, Asset asset, String prefix)
      throws SQLException {
    SortedMap<String, BigInteger> balances = new TreeMap<>();
    PreparedStatement select = session.prepare(BALANCES);
    select.setInt(1, prefix.length());
    select.setString(2, prefix);
    setAsset(select, 3, asset);
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        balances.put(row.getString(1), BigInteger.valueOf(row.getLong(2)));
      }
    }
    return balances;
  }

  static Summary summary(Session session, Asset asset) throws SQLException {
    Amount owed = Amount.zero(asset);
    for (Debt debt : debts(session, asset)) {
      owed = plus(plus(plus(owed, debt.owed()), debt.setAside()), debt.leaving());
    }
    return new Summary(
        sum(session, asset, Entry.Kind.RECEIVE),
        sum(session, asset, Entry.Kind.SETTLE),
        owed,
        sum(session, asset, Entry.Kind.PAY_BACK),
        unconfirmed(session, asset));
  }

  private static Amount sum(Session session, Asset asset, Entry.Kind kind) throws SQLException {
    PreparedStatement select = session.prepare(BY_KIND);
    select.setString(1, kind.name());
    setAsset(select, 2, asset);
    try (ResultSet row = select.executeQuery()) {
      return Amount.of(row.next() ? row.getLong(1) : 0, asset);
    }
  }

  private static long unconfirmed(Session session, Asset asset) throws SQLException {
    PreparedStatement select = session.prepare(UNCONFIRMED);
    setAsset(select, 1, asset);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private static void setAsset(PreparedStatement select, int at, Asset asset) throws SQLException {
    select.setString(at, asset.code());
    select.setInt(at + 1, asset.scale());
  }

  private static Amount plus(Amount a, Amount b) {
    return new Amount(a.baseUnits().plus(b.baseUnits()), a.asset());
  }
}
