package org.codius.daemon.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.codius.daemon.peers.PeerUri;

/** Reads settings by key, each kind of value in its own way, and remembers what is wrong. */
final class Settings {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RawSettings raw;

  Settings(List<ConfigSource> sources) {
    raw = new RawSettings(sources);
  }

  /**
   * Returns the value of {@code key}, or of the first other name it is set under.
   *
   * @param otherNames those the original has for it
   */
  String text(String key, String otherwise, String... otherNames) {
    return raw.read(key, otherwise, UnaryOperator.identity(), otherNames);
  }

  /**
   * Returns a value of which some is secret, or "".
   *
   * @param mask leaves what may be shown
   */
  String secret(String key, UnaryOperator<String> mask) {
    raw.keepSecret(key);
    return raw.read(key, "", value -> value.isEmpty() ? "" : mask.apply(value));
  }

  /** Returns what one of the original's settings is set to that ours replace, or "". */
  String original(String key) {
    return raw.original(key);
  }

  /** As {@link #original}, and the value is secret. */
  String originalSecret(String key) {
    raw.keepSecret(key);
    return raw.original(key);
  }

  Path path(String key, String otherwise) {
    String text = text(key, otherwise);
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path;
      }
    } catch (InvalidPathException e) {
      // reported below, with the relative ones
    }
    wrong(key, text, "an absolute path");
    return Path.of(otherwise);
  }

  int integer(String key, int otherwise, int least, int most, String... otherNames) {
    String text = text(key, Integer.toString(otherwise), otherNames);
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

  BigDecimal decimal(String key, BigDecimal otherwise, String... otherNames) {
    String text = text(key, otherwise.toPlainString(), otherNames);
    try {
      BigDecimal value = new BigDecimal(text);
      if (value.signum() > 0
          && value.scale() < 100
          && value.scale() > -20
          && value.precision() < 20) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below, with the numbers out of range
    }
    wrong(key, text, "a number above 0");
    return otherwise;
  }

  /**
   * Returns the values of a list with commas between them.
   *
   * @param check throws an {@link IllegalArgumentException} at a value of no use
   */
  List<String> list(String key, List<String> otherwise, String expected, Consumer<String> check) {
    String text = text(key, String.join(",", otherwise));
    List<String> values = Splitter.on(',').trimResults().omitEmptyStrings().splitToList(text);
    try {
      values.forEach(check);
      if (!values.isEmpty() || otherwise.isEmpty()) {
        return values;
      }
    } catch (IllegalArgumentException e) {
      // reported below, with the empty list
    }
    wrong(key, text, expected);
    return otherwise;
  }

  boolean flag(String key) {
    return flag(key, false);
  }

  boolean flag(String key, boolean otherwise) {
    String text = text(key, Boolean.toString(otherwise));
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

  /** Says that {@code key} is of no use; {@code value} must hold no secret. */
  void wrong(String key, String value, String expected) {
    raw.wrong(key, value, expected);
  }

  /** Returns every setting as it is in force, in the order they were read. */
  List<Setting> all() {
    return raw.all();
  }

  /**
   * To be called when all settings were read.
   *
   * @throws InvalidConfigException if a value was wrong, or there is one that was never read
   */
  void failIfWrong() {
    raw.failIfWrong();
  }
}
