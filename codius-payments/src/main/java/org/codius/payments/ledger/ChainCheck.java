package org.codius.payments.ledger;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.codius.payments.Asset;

/** Goes along the chain of entries, to its first broken link. */
final class ChainCheck {

  private static final String ENTRIES =
      """
      SELECT id, kind, source, target, asset_code, asset_scale, amount, reference, item,
          booked_at, hash
        FROM ledger_entry ORDER BY id
      """;

  private static final int FETCH_SIZE = 1_000;

  private ChainCheck() {}

  /** Returns what is wrong, or nothing: behind a broken link nothing can be said. */
  static List<String> run(Session session) throws SQLException {
    long last = 0;
    String hash = Entry.FIRST_HASH;
    try (PreparedStatement select = session.connection().prepareStatement(ENTRIES)) {
      select.setFetchSize(FETCH_SIZE);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          last++;
          if (row.getLong("id") != last) {
            return List.of("entry %d is missing".formatted(last));
          }
          hash = hash(row, hash);
          if (!hash.equals(row.getString("hash"))) {
            return List.of("entry %d was changed: its hash does not fit".formatted(last));
          }
        }
      }
    }
    return end(session, last, hash);
  }

  private static String hash(ResultSet row, String previous) throws SQLException {
    try {
      return new Entry(
              row.getLong("id"),
              Entry.Kind.valueOf(row.getString("kind")),
              row.getString("source"),
              row.getString("target"),
              new Asset(row.getString("asset_code"), row.getInt("asset_scale")),
              row.getLong("amount"),
              row.getString("reference"),
              row.getString("item"),
              row.getString("booked_at"))
          .hash(previous);
    } catch (IllegalArgumentException e) {
      return "no entry of ours: " + e.getMessage();
    }
  }

  private static List<String> end(Session session, long last, String hash) throws SQLException {
    try (PreparedStatement head =
            session.connection().prepareStatement("SELECT entries, hash FROM ledger_chain");
        ResultSet row = head.executeQuery()) {
      if (!row.next()) {
        return List.of("the chain of entries has no end");
      }
      if (row.getLong(1) != last || !hash.equals(row.getString(2))) {
        return List.of(
            "the chain ends with entry %d, but %d were written".formatted(last, row.getLong(1)));
      }
      return List.of();
    }
  }
}
