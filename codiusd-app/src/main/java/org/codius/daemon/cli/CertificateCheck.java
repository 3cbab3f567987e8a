package org.codius.daemon.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.codius.proxy.tls.Certificate;
import org.codius.proxy.tls.CertificateFiles;

/** Looks at the certificates of a host: whether they can be read, are for it, and still hold. */
final class CertificateCheck {

  private static final Duration SOON = Duration.ofDays(14);

  private CertificateCheck() {}

  /** Returns what there is to say of them. */
  static Finding look(List<CertificateFiles> files, String host, Instant now) {
    List<Certificate> certificates;
    try {
      certificates = files.stream().map(CertificateFiles::read).toList();
    } catch (IllegalArgumentException e) {
      return Finding.problem(
          "tls",
          String.valueOf(e.getMessage()),
          "Set CODIUS_TLS_CERTIFICATE and CODIUS_TLS_KEY to a certificate chain and its key in"
              + " PEM, which the user codiusd runs as can read.");
    }
    Set<String> names =
        certificates.stream()
            .flatMap(certificate -> certificate.names().stream())
            .collect(Collectors.toSet());
    for (String needed : List.of(host, "*." + host)) {
      if (!names.contains(needed)) {
        return Finding.problem(
            "tls",
            "no certificate is for " + needed + ", but for " + names,
            "Pods are at <hash>." + host + ": get a certificate for " + host + " and *." + host);
      }
    }
    Instant end =
        certificates.stream().map(CertificateCheck::end).min(Instant::compareTo).orElseThrow();
    if (end.isBefore(now)) {
      return Finding.problem("tls", "a certificate ran out at " + end, "Renew it.");
    }
    return end.isBefore(now.plus(SOON))
        ? Finding.warning("tls", "a certificate runs out at " + end, "Renew it.")
        : Finding.ok("tls", "certificates for " + host + " and its pods until " + end);
  }

  private static Instant end(Certificate certificate) {
    return certificate.chain().get(0).getNotAfter().toInstant();
  }
}
