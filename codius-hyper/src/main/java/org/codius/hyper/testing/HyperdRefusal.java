package org.codius.hyper.testing;

import java.util.Locale;
import java.util.Map;

/** An error as hyperd reports it: text, and a status that it finds from the words of the text. */
final class HyperdRefusal extends RuntimeException {

  private static final Map<String, Integer> STATUS_OF_WORDS =
      Map.of(
          "not found", 404,
          "no such", 404,
          "bad parameter", 400,
          "conflict", 409,
          "impossible", 406,
          "wrong login/password", 401,
          "hasn't been activated", 403);

  private final int status;

  HyperdRefusal(String text) {
    this(statusOf(text), text);
  }

  HyperdRefusal(int status, String text) {
    super(text, null, false, false);
    this.status = status;
  }

  private static int statusOf(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return STATUS_OF_WORDS.entrySet().stream()
        .filter(words -> lower.contains(words.getKey()))
        .mapToInt(Map.Entry::getValue)
        .min()
        .orElse(500);
  }

  int status() {
    return status;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
