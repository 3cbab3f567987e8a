package org.codius.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a message's {@code Connection} fields say.
 *
 * @param named fields that are for the next hop only, lowercase; without those the proxy knows
 */
record ConnectionOptions(
    boolean hasClose, boolean hasKeepAlive, boolean hasUpgrade, List<String> named) {

  private static final ConnectionOptions NONE =
      new ConnectionOptions(false, false, false, List.of());
  private static final ConnectionOptions CLOSE =
      new ConnectionOptions(true, false, false, List.of());
  private static final ConnectionOptions KEEP_ALIVE =
      new ConnectionOptions(false, true, false, List.of());

  static ConnectionOptions from(HeaderFields fields, Syntax syntax) throws RefusedException {
    ConnectionOptions options = NONE;
    for (int i = 0; i < fields.count(); i++) {
      if (fields.known(i) == FieldName.CONNECTION) {
        options = options.and(fields, i, syntax);
      }
    }
    return options;
  }

  private ConnectionOptions and(HeaderFields fields, int i, Syntax syntax) throws RefusedException {
    if (equals(NONE)) { // most often that is all
      if (fields.valueEquals(i, "keep-alive")) {
        return KEEP_ALIVE;
      }
      if (fields.valueEquals(i, "close")) {
        return CLOSE;
      }
    }
    String lowercase = fields.value(i).toLowerCase(Locale.ROOT);
    boolean close = hasClose;
    boolean keepAlive = hasKeepAlive;
    boolean upgrade = hasUpgrade;
    List<String> others = new ArrayList<>(named);
    for (String element : lowercase.split(",", -1)) {
      String option = element.strip();
      switch (option) {
        case "" -> {}
        case "close" -> close = true;
        case "keep-alive" -> keepAlive = true;
        case "upgrade" -> upgrade = true;
        case "host", "content-length", "transfer-encoding" ->
            throw syntax.bad("Connection names " + option);
        default -> others.add(option);
      }
    }
    return new ConnectionOptions(close, keepAlive, upgrade, List.copyOf(others));
  }

  /** Whether the field is for the next hop only, by rule or because {@code Connection} names it. */
  boolean isHopByHop(HeaderFields fields, int i) {
    FieldName known = fields.known(i);
    if (known != null && known.isHopByHop()) {
      return true;
    }
    return !named.isEmpty() && named.contains(fields.name(i).toLowerCase(Locale.ROOT));
  }
}
