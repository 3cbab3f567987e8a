package org.codius.daemon.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Duration;
import java.util.regex.Pattern;
import org.codius.manifest.ManifestHash;
import org.codius.payments.PayToken;

/** What requests about pods say beside their bodies. */
final class PodQuery {

  private static final String DEFAULT_DURATION = "3600";
  private static final Pattern DURATION = Pattern.compile("[1-9][0-9]{0,9}");

  private PodQuery() {}

  static Duration duration(ApiRequest request) {
    String text = request.parameter("duration").orElse(DEFAULT_DURATION);
    if (!DURATION.matcher(text).matches()) {
      throw new ApiException(
          HttpResponseStatus.BAD_REQUEST,
          "Invalid request query input",
          "INVALID_DURATION",
          "duration is a whole number of seconds, at least 1.");
    }
    return Duration.ofSeconds(Long.parseLong(text));
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
