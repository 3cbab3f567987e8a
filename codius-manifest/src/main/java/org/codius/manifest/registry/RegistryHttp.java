package org.codius.manifest.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One question to a registry, asked again while the answer is only "not now". */
final class RegistryHttp {

  /** Manifests are a few KiB; the specification's limit is 4 MiB. */
  private static final int MAX_BODY = 4 << 20;

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;

  private final HttpClient client;
  private final RegistryConfig config;

  RegistryHttp(HttpClient client, RegistryConfig config) {
    this.client = client;
    this.config = config;
  }

  /**
   * Returns the first useful answer, or the last one.
   *
   * @throws IOException if the last attempt brought none
   */
  HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    for (int attempt = 1; ; attempt++) {
      boolean isLast = attempt == config.attempts();
      try {
        HttpResponse<byte[]> response = sendOnce(request);
        if (isLast || !isTemporary(response.statusCode())) {
          return response;
        }
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        if (isLast) {
          throw e;
        }
      }
      pause(attempt);
    }
  }

  private HttpResponse<byte[]> sendOnce(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, LimitedBody.atMost(MAX_BODY));
    try {
      return answer.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException("no answer within " + config.timeout().toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw new IOException(reason(e), e.getCause());
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw interrupted();
    }
  }

  private static String reason(ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String message = cause.getMessage();
    return message == null || message.isEmpty() ? cause.getClass().getSimpleName() : message;
  }

  private void pause(int attempt) throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(config.pause().toMillis() << Math.min(attempt - 1, 6));
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted");
  }

  private static boolean isTemporary(int status) {
    return status == TOO_MANY_REQUESTS || status >= FIRST_SERVER_ERROR;
  }
}
