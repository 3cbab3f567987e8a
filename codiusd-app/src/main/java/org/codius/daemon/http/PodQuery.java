package org.codius.daemon.http;

import com.google.common.base.Splitter;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.codius.daemon.lease.ManagementToken;
import org.codius.manifest.ManifestHash;
import org.codius.payments.PayToken;
import org.codius.payments.Rate;

/** What requests about pods say beside their bodies. */
final class PodQuery {

  private static final String DEFAULT_DURATION = "3600";

  /** With milliseconds always, as JavaScript writes it. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final String BEARER = "Bearer ";

  private PodQuery() {}

  static String time(Instant instant) {
    return TIME.format(instant);
  }

  /** Returns the hash of {@code /pods/{hash}} and what is below it. */
  static ManifestHash pathHash(ApiRequest request) {
    String label = Splitter.on('/').splitToList(request.path()).get(2);
    return ManifestHash.parse(label)
        .orElseThrow(
            () ->
                new ApiException(
                    HttpResponseStatus.NOT_FOUND,
                    "no pod found with this id. id=" + label,
                    "POD_NOT_FOUND",
                    "A pod is named by its manifest hash, 52 characters."));
  }

  /**
   * Returns the management token that is shown.
   *
   * @throws ApiException if none is
   */
  static ManagementToken managementToken(ApiRequest request) {
    return findManagementToken(request)
        .orElseThrow(
            () ->
                new ApiException(
                    HttpResponseStatus.UNAUTHORIZED,
                    "a management token is needed.",
                    "NO_MANAGEMENT_TOKEN",
                    "Send \"Authorization: Bearer\" with the managementToken that the purchase was"
                        + " answered with."));
  }

  /** Returns the management token that is shown, or empty if none is. */
  static Optional<ManagementToken> findManagementToken(ApiRequest request) {
    return request
        .header(HttpHeaderNames.AUTHORIZATION)
        .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .map(value -> value.substring(BEARER.length()).strip())
        .flatMap(ManagementToken::parse);
  }

  static Duration duration(ApiRequest request) {
    String text = request.parameter("duration").orElse(DEFAULT_DURATION);
    return Rate.seconds(text)
        .orElseThrow(
            () ->
                new ApiException(
                    HttpResponseStatus.BAD_REQUEST,
                    "Invalid request query input",
                    "INVALID_DURATION",
                    "duration is a whole number of seconds, at least 1."));
  }

  static ManifestHash manifestHash(ApiRequest request) {
    String text =
        request
            .parameter("manifestHash")
            .filter(value -> !value.isEmpty())
            .orElseThrow(
                () ->
                    new ApiException(
                        HttpResponseStatus.UNPROCESSABLE_ENTITY,
                        "manifestHash must be specified",
                        "NO_MANIFEST_HASH",
                        "Add ?manifestHash=, 52 characters, to the request."));
    return ManifestHash.parse(text).orElseThrow(() -> unknown(text));
  }

  static ApiException unknown(String hash) {
    return new ApiException(
        HttpResponseStatus.NOT_FOUND,
        "No manifest with hash of \"%s\"".formatted(hash),
        "POD_NOT_FOUND",
        "It has expired or was never here. Upload its manifest again.");
  }

  static PayToken payToken(ApiRequest request) {
    String header =
        request
            .header("Pay-Token")
            .orElseThrow(
                () ->
                    new ApiException(
                        HttpResponseStatus.BAD_REQUEST,
                        "must supply `Pay-Token` header.",
                        "NO_PAY_TOKEN",
                        "Make 16 random bytes for each purchase and send them in base64."));
    return PayToken.parse(header)
        .orElseThrow(
            () ->
                new ApiException(
                    HttpResponseStatus.BAD_REQUEST,
                    "`Pay-Token` must be 16 bytes base64.",
                    "BAD_PAY_TOKEN",
                    "Make 16 random bytes for each purchase and send them in base64."));
  }
}
