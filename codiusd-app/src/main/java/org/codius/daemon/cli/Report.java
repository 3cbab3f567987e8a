package org.codius.daemon.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Strings;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.codius.payments.Amount;

/** A command's result: a few named values, for a person or, as JSON, for a program. */
final class Report {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> labels = new LinkedHashMap<>();
  private final Map<String, Object> values = new LinkedHashMap<>();

  /**
   * @param label for people
   * @param name for programs
   */
  Report add(String label, String name, Object value) {
    labels.put(label, value.toString());
    values.put(name, value instanceof Number ? value : value.toString());
    return this;
  }

  /** Adds an amount, said to be play money if it is. */
  Report addMoney(String label, String name, Amount amount, boolean isPlayMoney) {
    labels.put(label, amount + (isPlayMoney ? " (play money)" : ""));
    values.put(name, amount.toString());
    values.put("playMoney", isPlayMoney);
    return this;
  }

  void print(PrintWriter out, boolean isJson) {
    if (isJson) {
      try {
        out.println(JSON.writeValueAsString(values));
      } catch (JsonProcessingException e) {
        throw new AssertionError("texts and numbers are always JSON", e);
      }
    } else {
      int width = labels.keySet().stream().mapToInt(String::length).max().orElse(0);
      labels.forEach((label, value) -> out.println(Strings.padEnd(label, width + 2, ' ') + value));
    }
    out.flush();
  }
}
