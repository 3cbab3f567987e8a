package org.codius.daemon.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import org.codius.payments.PayToken;

/** The HTTP API of a host, as a program that pays nothing sees it. */
record HostApi(URI uri, HttpClient client) {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final HttpClient PLAIN =
      HttpClient.newBuilder().connectTimeout(TIMEOUT).version(HttpClient.Version.HTTP_1_1).build();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final ObjectMapper JSON = new ObjectMapper();

  HostApi(URI uri) {
    this(uri, PLAIN);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri.resolve(path)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString(UTF_8));
  }

  /** Returns the status of {@code GET /pods} for a pod: 200 while its time lasts. */
  int podStatus(String hash) throws IOException, InterruptedException {
    return get("/pods?manifestHash=" + hash).statusCode();
  }

  Instant expiry(String hash) throws IOException, InterruptedException {
    HttpResponse<String> response = get("/pods?manifestHash=" + hash);
    return Instant.parse(json(response, 200).get("expiry").asText());
  }

  /** Returns the price of {@code upload} for a time, in base units of the host's asset. */
  BigInteger quote(JsonNode upload, Duration duration) throws IOException, InterruptedException {
    return new BigInteger(json(pods("OPTIONS", upload, duration), 200).get("price").asText());
  }

  /** Returns the name that {@code upload}'s pod has, running or not. */
  String hash(JsonNode upload) throws IOException, InterruptedException {
    Duration any = Duration.ofMinutes(1);
    return json(pods("OPTIONS", upload, any), 200).get("manifestHash").asText();
  }

  /** Asks for {@code upload} without having paid. */
  HttpResponse<String> post(JsonNode upload, Duration duration)
      throws IOException, InterruptedException {
    return pods("POST", upload, duration);
  }

  /** Asks what every rule says of {@code upload}. */
  HttpResponse<String> dryRun(JsonNode upload, Duration duration)
      throws IOException, InterruptedException {
    return pods("POST", "/pods?dryRun=true&duration=", upload, duration);
  }

  private HttpResponse<String> pods(String method, JsonNode upload, Duration duration)
      throws IOException, InterruptedException {
    return pods(method, "/pods?duration=", upload, duration);
  }

  private HttpResponse<String> pods(String method, String path, JsonNode upload, Duration duration)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri.resolve(path + duration.toSeconds()))
            .method(method, BodyPublishers.ofString(upload.toString()))
            .header("Content-Type", "application/json")
            .header("Pay-Token", PayToken.random(RANDOM).toHeader()));
  }

  private static JsonNode json(HttpResponse<String> response, int status) throws IOException {
    if (response.statusCode() != status) {
      throw new AssertionError(response + ": " + response.body());
    }
    return JSON.readTree(response.body());
  }
}
