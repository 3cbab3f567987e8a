package org.codius.daemon.cli;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Looks the host's name up, and one below it as pods have them. */
final class NamesCheck {

  private static final String CHECK = "names";

  /** Shaped as a manifest hash is, and surely nobody's: a wildcard may be for such only. */
  private static final String POD = "a".repeat(52);

  private final Names names;

  /** Looks names up. */
  @FunctionalInterface
  interface Names {
    InetAddress[] find(String name) throws UnknownHostException;
  }

  NamesCheck(Names names) {
    this.names = names;
  }

  Finding look(String host) {
    boolean isLocal = host.equals("localhost") || host.endsWith(".localhost");
    String pod = POD + "." + host;
    Optional<SortedSet<String>> own = find(host);
    Optional<SortedSet<String>> pods = find(pod);
    if (isLocal && pods.isEmpty()) {
      return Finding.warning(
          CHECK,
          "names below " + host + " do not resolve here",
          "Browsers and curl know *.localhost by themselves; for other programs:"
              + " apt-get install -y libnss-myhostname");
    }
    if (own.isEmpty()) {
      return Finding.problem(
          CHECK,
          host + " does not resolve",
          "Give the DNS A and AAAA records for %s and *.%s with this machine's addresses."
              .formatted(host, host));
    }
    if (pods.isEmpty()) {
      return Finding.problem(
          CHECK,
          "%s is %s, but names below it do not resolve".formatted(host, own.get()),
          "Pods are at <hash>.%s: give the DNS the same records for *.%s.".formatted(host, host));
    }
    if (!own.equals(pods)) {
      return Finding.problem(
          CHECK,
          "%s is %s, but names below it are %s".formatted(host, own.get(), pods.get()),
          "Pods are at <hash>.%s: let both lead to this machine.".formatted(host));
    }
    return Finding.ok(CHECK, "%s and names below it are %s".formatted(host, own.get()));
  }

  private Optional<SortedSet<String>> find(String name) {
    try {
      return Optional.of(
          Arrays.stream(names.find(name))
              .map(InetAddresses::toAddrString)
              .collect(Collectors.toCollection(TreeSet::new)));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
