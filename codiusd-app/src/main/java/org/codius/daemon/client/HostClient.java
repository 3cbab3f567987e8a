package org.codius.daemon.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.codius.payments.PayToken;
import org.jspecify.annotations.Nullable;

/**
 * Speaks the hosts' HTTP API.
 *
 * <p>The calls block, each for no longer than its timeout. Safe for use by several threads.
 */
final class HostClient {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int MAXIMUM_ANSWER = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI host;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .followRedirects(Redirect.NEVER)
          .build();

  /**
   * @param host scheme, name and port, without a path
   */
  HostClient(URI host) {
    this.host = host;
  }

  URI host() {
    return host;
  }

  /**
   * Sends a request and returns the answer, whatever its status.
   *
   * @param token goes into the {@code Pay-Token} header
   * @param body goes along as JSON, if there is any
   * @throws ClientException if there is no answer in time, or it cannot be read
   */
  HostAnswer send(
      String method, String path, String body, @Nullable PayToken token, Duration timeout) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(host.resolve(path))
            .timeout(timeout)
            .header("Accept", "application/codius-v1+json");
    if (token != null) {
      request.header("Pay-Token", token.toHeader());
    }
    if (body.isEmpty()) {
      request.method(method, BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, BodyPublishers.ofString(body));
    }
    return send(request.build(), timeout, method + " " + path);
  }

  /**
   * The same for what is managed with a token.
   *
   * @param managementToken none if it is empty
   */
  HostAnswer send(String method, String path, String managementToken, Duration timeout) {
    HttpRequest request =
        withToken(HttpRequest.newBuilder(host.resolve(path)), managementToken)
            .timeout(timeout)
            .method(method, BodyPublishers.noBody())
            .build();
    return send(request, timeout, method + " " + path);
  }

  private static HttpRequest.Builder withToken(HttpRequest.Builder request, String token) {
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  private HostAnswer send(HttpRequest request, Duration timeout, String description) {
    HttpResponse<byte[]> response =
        await(
            http.sendAsync(request, head -> new BoundedBody(MAXIMUM_ANSWER)), timeout, description);
    String text = new String(response.body(), UTF_8);
    return new HostAnswer(
        response.statusCode(), response.headers().firstValue("Pay"), parse(text), text);
  }

  /**
   * Returns the lines of an answer as they come, for as long as it lasts.
   *
   * @param managementToken none if it is empty
   * @throws ClientException if the answer is not a 200
   */
  Stream<String> lines(String path, String managementToken, Duration timeout) {
    HttpRequest request =
        withToken(HttpRequest.newBuilder(host.resolve(path)), managementToken)
            .timeout(timeout)
            .build();
    HttpResponse<Stream<String>> response =
        await(http.sendAsync(request, BodyHandlers.ofLines()), timeout, "GET " + path);
    if (response.statusCode() == 200) {
      return response.body();
    }
    try (Stream<String> lines = response.body()) {
      String text = String.join("\n", lines.limit(20).toList());
      throw refused(
          "read the log",
          new HostAnswer(response.statusCode(), Optional.empty(), parse(text), text));
    }
  }

  /** Returns what to throw when the host refused {@code action}, in its own words. */
  ClientException refused(String action, HostAnswer answer) {
    StringBuilder message =
        new StringBuilder(action + ": " + host + " answered " + answer.status());
    if (!answer.message().isEmpty()) {
      message.append(": ").append(answer.message());
    }
    for (JsonNode violation : answer.body().path("violations")) {
      message
          .append("\n  - ")
          .append(violation.path("path").asText())
          .append(": ")
          .append(violation.path("help").asText());
    }
    // The advice belongs to the first violation, and that has been told.
    String help = answer.body().path("violations").isEmpty() ? answer.help() : "";
    return new ClientException(message.toString(), help);
  }

  private <T> T await(CompletableFuture<T> answer, Duration timeout, String request) {
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ClientException(
          "cannot reach " + host + ": " + reason(cause),
          "Is the host running, and is that its address? (" + request + ")",
          cause);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new ClientException(
          host + " did not answer within " + timeout.toSeconds() + " s",
          "Run the same command again: nothing is paid twice. (" + request + ")",
          e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new ClientException("interrupted while waiting for " + host, "", e);
    }
  }

  private static String reason(Throwable cause) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof UnresolvedAddressException) {
        return "no such host name";
      }
    }
    if (cause instanceof ConnectException && cause.getMessage() == null) {
      return "connection refused";
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance(); // not JSON: its text is shown instead
    }
  }
}
