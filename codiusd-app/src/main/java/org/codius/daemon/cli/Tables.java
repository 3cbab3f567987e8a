package org.codius.daemon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Strings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Shows JSON to people: objects as lines, lists of objects as tables. */
final class Tables {

  private Tables() {}

  static void print(JsonNode body, PrintWriter out) {
    List<List<String>> lines = new ArrayList<>();
    body.properties()
        .forEach(
            field -> {
              if (!field.getValue().isContainerNode()) {
                lines.add(List.of(field.getKey(), field.getValue().asText()));
              }
            });
    align(lines, out);
    body.properties()
        .forEach(
            field -> {
              if (field.getValue().isArray()) {
                if (!lines.isEmpty()) {
                  out.println(field.getKey() + ":");
                }
                list(field.getValue(), out);
              }
            });
  }

  private static void list(JsonNode list, PrintWriter out) {
    List<List<String>> lines = new ArrayList<>();
    Set<String> columns = new LinkedHashSet<>();
    list.forEach(item -> item.fieldNames().forEachRemaining(columns::add));
    if (!columns.isEmpty() && !list.isEmpty()) {
      lines.add(columns.stream().map(column -> column.toUpperCase(Locale.ROOT)).toList());
    }
    list.forEach(
        item ->
            lines.add(
                item.isObject()
                    ? columns.stream().map(column -> item.path(column).asText()).toList()
                    : List.of(item.asText())));
    align(lines, out);
  }

  private static void align(List<List<String>> lines, PrintWriter out) {
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < line.size(); i++) {
        int column = i;
        int width =
            lines.stream()
                .filter(other -> other.size() > column)
                .mapToInt(other -> other.get(column).length())
                .max()
                .orElse(0);
        text.append(Strings.padEnd(line.get(i), i + 1 < line.size() ? width + 2 : 0, ' '));
      }
      out.println(text.toString().stripTrailing());
    }
  }
}
