package org.codius.payments.spsp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.codius.payments.Invoice;
import org.codius.payments.PaymentException;
import org.interledger.core.InterledgerAddress;

/**
 * Asks an SPSP endpoint where to pay (RFC 9). What it answers can be paid with a {@link
 * org.codius.payments.PaymentSender}.
 *
 * <p>Safe for use by several threads.
 */
public final class SpspClient {

  static final String CONTENT_TYPE = "application/spsp4+json";

  private static final int MAXIMUM_BODY = 65_536;
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;

  private SpspClient(HttpClient http) {
    this.http = http;
  }

  /** Returns one that trusts the certificate authorities the JDK trusts, and follows redirects. */
  public static SpspClient create() {
    return of(
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(PATIENCE)
            .build());
  }

  /** Returns one that asks through {@code http}. */
  public static SpspClient of(HttpClient http) {
    return new SpspClient(http);
  }

  /** Returns where to pay whom {@code pointer} names. Fails as {@link #query(URI)} does. */
  public CompletionStage<Invoice> query(PaymentPointer pointer) {
    return query(pointer.endpoint());
  }

  /**
   * Returns where to pay whoever is behind {@code endpoint}.
   *
   * <p>Fails with a {@link PaymentException} if there is no answer within 15 s, or none that names
   * an ILP address and a secret of 32 bytes.
   *
   * @param endpoint {@code https}, or {@code http} on this machine; without a query
   */
  public CompletionStage<Invoice> query(URI endpoint) {
    if (!isAllowed(endpoint)) {
      return CompletableFuture.failedFuture(
          new PaymentException(
              "ask " + endpoint + ": not an SPSP endpoint (expected: https, and no query)"));
    }
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .header("Accept", CONTENT_TYPE + ", application/spsp+json")
            .timeout(PATIENCE)
            .GET()
            .build();
    return http.sendAsync(request, info -> new BoundedBody(MAXIMUM_BODY))
        .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (response, failure) -> {
              if (failure != null) {
                Throwable cause =
                    failure instanceof CompletionException wrapped && wrapped.getCause() != null
                        ? wrapped.getCause()
                        : failure;
                throw new PaymentException("ask " + endpoint + ": " + cause, cause);
              }
              return read(endpoint, response);
            });
  }

  private static boolean isAllowed(URI endpoint) {
    if (endpoint.getHost() == null || endpoint.getRawQuery() != null) {
      return false;
    }
    return "https".equals(endpoint.getScheme())
        || ("http".equals(endpoint.getScheme()) && isLoopback(endpoint.getHost()));
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost")
        || (InetAddresses.isUriInetAddress(host)
            && InetAddresses.forUriString(host).isLoopbackAddress());
  }

  private static Invoice read(URI endpoint, HttpResponse<byte[]> response) {
    if (response.statusCode() != 200) {
      throw new PaymentException("ask " + endpoint + ": it answered " + response.statusCode());
    }
    try {
      JsonNode body = JSON.readTree(response.body());
      String address = body.path("destination_account").asText();
      String secret = body.path("shared_secret").asText();
      return Invoice.of(InterledgerAddress.of(address), decode(secret));
    } catch (IOException | IllegalArgumentException e) {
      throw new PaymentException(
          "ask " + endpoint + ": no SPSP answer (" + e.getMessage() + ")", e);
    }
  }

  /** RFC 9 has padded base64; implementations send base64url too. */
  private static byte[] decode(String secret) {
    return Base64.getUrlDecoder().decode(secret.replace('+', '-').replace('/', '_'));
  }
}
