package org.codius.hyper.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;
import org.codius.hyper.host.HostProgram;
import org.jspecify.annotations.Nullable;

/** The host's packet filter, by its program {@code nft}. Every call is one transaction. */
final class Nftables {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern TABLE = Pattern.compile("table (\\w+) (\\S+) \\{");
  private static final Pattern CHAIN = Pattern.compile("\\s+chain (\\S+) \\{");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");
  private static final Pattern ELEMENTS = Pattern.compile("elements = \\{([^}]*)\\}");

  private static final NftShell SHELL = new NftShell();

  private Nftables() {}

  static void apply(String text) {
    try {
      Path file = Files.createTempFile("codius", ".nft");
      try {
        Files.writeString(file, text);
        Optional<String> printed = SHELL.run(nft().path(), "include \"" + file + "\"");
        if (printed.isEmpty() || !printed.get().isEmpty()) {
          String unused = run(List.of("-f", file.toString()));
        }
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw failure(String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns everybody's tables. */
  static String all() {
    return run(List.of("list", "ruleset"));
  }

  /** Returns a table as it is, or the empty string if it is not. */
  static String table(String family, String name) {
    Optional<String> printed = SHELL.run(nft().path(), "list table " + family + " " + name);
    if (printed.isPresent() && !printed.get().isEmpty()) {
      return printed.get();
    }
    try {
      return run(List.of("list", "table", family, name));
    } catch (PodDriverException e) {
      if (run(List.of("list", "tables"))
          .lines()
          .anyMatch(("table " + family + " " + name)::equals)) {
        throw e;
      }
      return "";
    }
  }

  /** Returns the same whatever order the kernel lists a set's elements in. */
  static String normalized(String table) {
    return ELEMENTS
        .matcher(table)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    Stream.of(match.group(1).split(","))
                        .map(String::strip)
                        .sorted()
                        .collect(Collectors.joining(", ", "elements = {", "}"))));
  }

  /** Returns the names that are the elements of a listed table's set. */
  static Set<String> names(String table, String set) {
    Set<String> names = new TreeSet<>();
    int start = table.indexOf("\tset " + set + " {");
    if (start >= 0) {
      Matcher quoted = QUOTED.matcher(table.substring(start, table.indexOf("\n\t}", start)));
      while (quoted.find()) {
        names.add(quoted.group(1));
      }
    }
    return names;
  }

  /** Returns how many rules a chain of a listed table has. */
  static long rules(String table, String chain) {
    return table
        .lines()
        .dropWhile(line -> !line.strip().equals("chain " + chain + " {"))
        .skip(1)
        .takeWhile(line -> !line.strip().equals("}"))
        .filter(line -> !line.isBlank() && !line.strip().startsWith("type "))
        .count();
  }

  /**
   * Returns the chains that drop whatever is forwarded and not let through by a rule of theirs,
   * each as {@code table ip filter, chain FORWARD}.
   */
  static List<String> droppingForwardChains(String ruleset) {
    List<String> found = new ArrayList<>();
    String table = "";
    String chain = "";
    for (String line : ruleset.lines().toList()) {
      Matcher start = TABLE.matcher(line);
      Matcher inner = CHAIN.matcher(line);
      if (start.matches()) {
        table = start.group(1) + " " + start.group(2);
      } else if (inner.matches()) {
        chain = inner.group(1);
      } else if (line.contains("hook forward ") && line.contains("policy drop")) {
        found.add("table " + table + ", chain " + chain);
      }
    }
    return found;
  }

  private static String run(List<String> arguments) {
    try {
      return nft().run(TIMEOUT, "", arguments);
    } catch (IOException e) {
      throw failure(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("interrupted", e);
    }
  }

  private static HostProgram nft() {
    return HostProgram.find("nft")
        .orElseThrow(() -> failure("nft is not installed (Debian package: nftables)", null));
  }

  private static PodDriverException failure(String reason, @Nullable Exception cause) {
    String message = "apply firewall: " + reason;
    return cause == null
        ? new PodDriverException(Reason.FIREWALL_FAILED, message)
        : new PodDriverException(Reason.FIREWALL_FAILED, message, cause);
  }
}
