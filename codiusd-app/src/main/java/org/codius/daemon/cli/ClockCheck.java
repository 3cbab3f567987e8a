package org.codius.daemon.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Compares the clock with those of the registries that images come from: they are asked anyway, and
 * every answer of theirs has a date.
 */
final class ClockCheck {

  private static final String CHECK = "clock";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** Dates are whole seconds, and take a while to come. */
  private static final Duration UNCERTAINTY = Duration.ofSeconds(2);

  /** Payments on their way expire within half a minute, on clocks of others. */
  private static final Duration MOST = Duration.ofSeconds(10);

  private final InstantSource clock;

  ClockCheck(InstantSource clock) {
    this.clock = clock;
  }

  /** Returns where to ask {@code registries}, less those of this machine, whose clock is ours. */
  static List<URI> places(Collection<String> registries) {
    return registries.stream()
        .filter(registry -> !registry.equals("*"))
        .filter(registry -> !registry.matches("(localhost|127\\..*|\\[.*)(:\\d+)?"))
        .sorted()
        .map(registry -> registry.equals("docker.io") ? "registry-1.docker.io" : registry)
        .map(registry -> URI.create("https://" + registry + "/v2/"))
        .toList();
  }

  /** Asks one place after the other until one answers. Blocks. */
  Finding look(List<URI> places) {
    String reason = "there is none to ask";
    HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    for (URI place : places) {
      try {
        Instant before = clock.instant();
        HttpResponse<Void> answer =
            http.send(
                HttpRequest.newBuilder(place).timeout(TIMEOUT).build(), BodyHandlers.discarding());
        Optional<Instant> theirs = answer.headers().firstValue("Date").flatMap(ClockCheck::parse);
        if (theirs.isPresent()) {
          Instant ours = before.plus(Duration.between(before, clock.instant()).dividedBy(2));
          return judge(Duration.between(theirs.get(), ours), place.getHost());
        }
        reason = place.getHost() + " told no date";
      } catch (IOException e) {
        reason = place.getHost() + ": " + e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        reason = "interrupted";
        break;
      }
    }
    return Finding.warning(
        CHECK,
        "not compared: no registry answered, the last because: " + reason,
        "Pods' images come from there: see that this machine reaches them, and that its clock is"
            + " kept right (timedatectl).");
  }

  private static Finding judge(Duration ahead, String other) {
    String evidence =
        "%d s %s that of %s"
            .formatted(ahead.abs().toSeconds(), ahead.isNegative() ? "behind" : "ahead of", other);
    String next =
        "Let something keep it right: apt-get install -y systemd-timesyncd, or chrony. Leases,"
            + " payments and certificates go by it.";
    if (ahead.abs().compareTo(UNCERTAINTY) <= 0) {
      return Finding.ok(CHECK, "agrees with that of " + other);
    }
    return ahead.abs().compareTo(MOST) <= 0
        ? Finding.warning(CHECK, evidence, next)
        : Finding.problem(CHECK, evidence, next);
  }

  private static Optional<Instant> parse(String date) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
