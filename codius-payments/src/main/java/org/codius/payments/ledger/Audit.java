package org.codius.payments.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Proves the books: each query finds what must not be, and its sentence says what that is. */
final class Audit {

  /** So that a broken ledger is reported, not listed. */
  private static final int MAXIMUM_FINDINGS_EACH = 20;

  private static final List<Rule> RULES =
      List.of(
          new Rule(
              "booking %s does not balance: its postings add up to %s",
              """
              SELECT booking, SUM(amount) FROM posting GROUP BY booking HAVING SUM(amount) <> 0
              """),
          new Rule(
              "booking %s received nothing: it has no postings",
              """
              SELECT id FROM booking WHERE kind = 'receive'
                AND NOT EXISTS (SELECT 1 FROM posting WHERE booking = id)
              """),
          new Rule(
              "account %s says %s, but its postings add up to %s",
              """
              SELECT name, balance, COALESCE((SELECT SUM(amount) FROM posting WHERE account = name), 0)
                FROM account
                WHERE balance <>
                  COALESCE((SELECT SUM(amount) FROM posting WHERE account = name), 0)
              """),
          new Rule(
              "account %s is below zero: %s",
              """
              SELECT name, -balance FROM account WHERE name <> 'received' AND balance > 0
              """),
          new Rule(
              "account %s is below zero: %s",
              """
              SELECT name, balance FROM account WHERE name = 'received' AND balance < 0
              """),
          new Rule(
              "what was received is not what was earned and is owed: the difference is %s",
              """
              SELECT SUM(balance) FROM account HAVING SUM(balance) <> 0
              """),
          new Rule(
              "a posting of booking %s to account %s hangs in the air",
              """
              SELECT booking, account FROM posting
                WHERE booking NOT IN (SELECT id FROM booking)
                  OR account NOT IN (SELECT name FROM account)
              """),
          new Rule(
              "the database is damaged: %s",
              """
              SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'
              """));

  private Audit() {}

  /** Returns a sentence for each thing that is wrong; none if the books balance. */
  static List<String> check(Connection connection) throws SQLException {
    List<String> findings = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      statement.setMaxRows(MAXIMUM_FINDINGS_EACH);
      for (Rule rule : RULES) {
        try (ResultSet rows = statement.executeQuery(rule.query())) {
          while (rows.next()) {
            findings.add(rule.sentence().formatted(columns(rows)));
          }
        }
      }
    }
    return List.copyOf(findings);
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
