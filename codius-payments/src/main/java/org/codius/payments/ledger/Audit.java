package org.codius.payments.ledger;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Proves the books: goes over the chain, then each query finds what must not be. A sentence says
 * what that is.
 */
final class Audit {

  /** So that a broken ledger is reported, not listed. */
  private static final int MAXIMUM_FINDINGS_EACH = 20;

  private static final List<Rule> RULES =
      List.of(
          new Rule(
              "the balances in %s of scale %s add up to %s, not to 0",
              """
              SELECT asset_code, asset_scale, SUM(balance) FROM ledger_account
                GROUP BY asset_code, asset_scale HAVING SUM(balance) <> 0
              """),
          new Rule(
              "account %s in %s of scale %s says %s, but its entries add up to %s",
              """
              WITH half AS (
                SELECT target AS name, asset_code, asset_scale, amount FROM ledger_entry
                UNION ALL
                SELECT source AS name, asset_code, asset_scale, -amount FROM ledger_entry
                UNION ALL
                SELECT name, asset_code, asset_scale, 0 FROM ledger_account
              ), total AS (
                SELECT name, asset_code, asset_scale, SUM(amount) AS amount FROM half
                  GROUP BY name, asset_code, asset_scale
              )
              SELECT total.name, total.asset_code, total.asset_scale,
                  COALESCE(balance, 0), total.amount
                FROM total LEFT JOIN ledger_account AS account
                  ON account.name = total.name
                    AND account.asset_code = total.asset_code
                    AND account.asset_scale = total.asset_scale
                WHERE COALESCE(balance, 0) <> total.amount
              """),
          new Rule(
              "entry \"%s\" is there %s times",
              """
              SELECT reference, COUNT(*) FROM ledger_entry WHERE reference IS NOT NULL
                GROUP BY reference HAVING COUNT(*) > 1
              """),
          new Rule(
              "account %s is below zero: %s %s of scale %s",
              """
              SELECT name, balance, asset_code, asset_scale FROM ledger_account
                WHERE balance < 0
                  AND (name = 'revenue' OR name LIKE 'owed:%' OR name LIKE 'refund:%')
              """),
          new Rule(
              "entry %s is in doubt, but not there",
              """
              SELECT entry FROM
                  (SELECT entry FROM ledger_in_doubt UNION ALL
                    SELECT entry FROM ledger_unconfirmed) AS doubtful
                WHERE entry NOT IN (SELECT id FROM ledger_entry WHERE kind = 'RECEIVE')
              """));

  private static final Rule SQLITE_RULE =
      new Rule(
          "the database is damaged: %s",
          "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'");

  private Audit() {}

  /** Returns a sentence for each thing that is wrong; none if the books are in order. */
  static List<String> check(Session session) throws SQLException {
    List<String> findings = new ArrayList<>(ChainCheck.run(session));
    try (Statement statement = session.connection().createStatement()) {
      statement.setMaxRows(MAXIMUM_FINDINGS_EACH);
      for (Rule rule : RULES) {
        find(statement, rule, findings);
      }
      if (session.isSqlite()) {
        find(statement, SQLITE_RULE, findings);
      }
    }
    return List.copyOf(findings);
  }

  private static void find(Statement statement, Rule rule, List<String> findings)
      throws SQLException {
    try (ResultSet rows = statement.executeQuery(rule.query())) {
      while (rows.next()) {
        findings.add(rule.sentence().formatted(columns(rows)));
      }
    }
  }

  private static Object[] columns(ResultSet row) throws SQLException {
    ResultSetMetaData shape = row.getMetaData();
    Object[] columns = new Object[shape.getColumnCount()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = row.getString(i + 1);
    }
    return columns;
  }

  /**
   * Something that must not be.
   *
   * @param sentence with a {@code %s} for each column of the query
   * @param query finds it
   */
  private record Rule(String sentence, String query) {}
}
