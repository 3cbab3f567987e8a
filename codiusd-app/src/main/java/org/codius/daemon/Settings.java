package org.codius.daemon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.codius.daemon.peers.PeerUri;

/**
 * Reads settings by key and remembers which were asked for, so that what is left is unknown.
 * Everything wrong is reported together.
 */
final class Settings {

  private static final String PREFIX = "CODIUS_";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> values;
  private final Set<String> known = new HashSet<>();
  private final List<String> problems = new ArrayList<>();

  Settings(Map<String, String> values) {
    this.values = values;
  }

  String text(String key, String otherwise) {
    known.add(key);
    String value = values.getOrDefault(key, "");
    return value.isEmpty() ? otherwise : value;
  }

  int integer(String key, int otherwise, int least, int most) {
    String text = text(key, Integer.toString(otherwise));
    try {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below, with the numbers out of range
    }
    wrong(key, text, "a whole number from " + least + " to " + most);
    return otherwise;
  }

  Duration seconds(String key, Duration otherwise) {
    return Duration.ofSeconds(
        integer(key, Math.toIntExact(otherwise.toSeconds()), 1, Integer.MAX_VALUE));
  }

  double fraction(String key, double otherwise) {
    String text = text(key, Double.toString(otherwise));
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && value <= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below, with the numbers out of range
    }
    wrong(key, text, "a number above 0, up to 1");
    return otherwise;
  }

  /** Returns the value of the first key that is set. */
  BigDecimal firstDecimal(BigDecimal otherwise, String... keys) {
    known.addAll(List.of(keys));
    for (String key : keys) {
      String text = text(key, "");
      if (text.isEmpty()) {
        continue;
      }
      try {
        BigDecimal value = new BigDecimal(text);
        if (value.signum() > 0 && value.scale() < 100 && value.precision() < 20) {
          return value;
        }
      } catch (NumberFormatException e) {
        // reported below, with the numbers out of range
      }
      wrong(key, text, "a number above 0");
      return otherwise;
    }
    return otherwise;
  }

  /**
   * Returns the values of a list with commas between them, or empty if it is not set.
   *
   * @param check throws an {@link IllegalArgumentException} at a value of no use
   */
  Optional<List<String>> list(String key, String expected, Consumer<String> check) {
    String text = text(key, "");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    List<String> values = Splitter.on(',').trimResults().omitEmptyStrings().splitToList(text);
    try {
      values.forEach(check);
      if (!values.isEmpty()) {
        return Optional.of(values);
      }
    } catch (IllegalArgumentException e) {
      // reported below, with the empty list
    }
    wrong(key, text, expected);
    return Optional.empty();
  }

  boolean flag(String key) {
    String text = text(key, "false");
    if (!text.equals("true") && !text.equals("false")) {
      wrong(key, text, "true or false");
    }
    return text.equals("true");
  }

  InetAddress address(String key, String otherwise) {
    String text = text(key, otherwise);
    if (InetAddresses.isInetAddress(text)) {
      return InetAddresses.forString(text);
    }
    wrong(key, text, "an IP address");
    return InetAddresses.forString(otherwise);
  }

  /** Returns an http or https address without path, and without the slash clients add. */
  URI httpUri(String key, String otherwise) {
    String text = text(key, otherwise);
    try {
      URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      boolean isWeb = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (isWeb && uri.getHost() != null && uri.getPath().isEmpty()) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // reported below, with the addresses of another form
    }
    wrong(key, text, "http:// or https://, a host name, and nothing after it but a port");
    return URI.create(otherwise);
  }

  /** Returns a JSON array of hosts, as the original has it. */
  List<PeerUri> peers(String key) {
    String text = text(key, "[]");
    try {
      List<PeerUri> peers = new ArrayList<>();
      for (String peer : JSON.readValue(text, String[].class)) {
        peers.add(PeerUri.parse(peer).orElseThrow(() -> new IllegalArgumentException(peer)));
      }
      return peers;
    } catch (JsonProcessingException | IllegalArgumentException e) {
      wrong(key, text, "like [\"https://codius.example.com\"]");
      return List.of();
    }
  }

  /** Returns a BTP address; it holds a secret and is not shown when it is wrong. */
  URI btpUri(String key, String text) {
    try {
      URI uri = new URI(text);
      boolean isBtp = "btp+ws".equals(uri.getScheme()) || "btp+wss".equals(uri.getScheme());
      if (isBtp && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // reported below, with the addresses of another form
    }
    wrong(key, "***", "btp+ws://user:token@host:port, or btp+wss://…");
    return URI.create("btp+ws://:token@localhost:7768");
  }

  /** Returns the keys asked for so far that are ours, in alphabetical order. */
  SortedSet<String> known() {
    SortedSet<String> ours = new TreeSet<>(known);
    ours.removeIf(key -> !key.startsWith(PREFIX));
    return ours;
  }

  void wrong(String key, String value, String expected) {
    problems.add("%s: \"%s\" (expected: %s)".formatted(key, value, expected));
  }

  /**
   * To be called when all settings were read.
   *
   * @throws StartException if a value was wrong, or a key that looks like ours was never read
   */
  void failIfWrong() {
    for (String key : values.keySet()) {
      if (key.startsWith(PREFIX) && !known.contains(key)) {
        problems.add("%s: no such setting (did you mean %s?)".formatted(key, nearest(key)));
      }
    }
    if (!problems.isEmpty()) {
      problems.sort(Comparator.naturalOrder());
      throw new StartException(
          "configuration: " + String.join("; ", problems),
          "docs/configuration.md lists every setting.");
    }
  }

  private String nearest(String key) {
    return known.stream().min(Comparator.comparingInt(name -> distance(name, key))).orElse("");
  }

  /** Levenshtein distance: how many characters to insert, delete or change. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
