package org.codius.daemon.e2e;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A Java program that visits a pod by https: over HTTP/2, HTTP/1.1 and a WebSocket.
 *
 * <p>Runs by itself, since only the property {@code jdk.net.hosts.file} makes a JVM find names that
 * nobody else knows.
 */
final class HttpsVisitor {

  private HttpsVisitor() {}

  /** Returns the program, which knows the hosts in a file as in {@code /etc/hosts}. */
  static Program of(Path folder, Path hosts, Path chain, String authority) {
    return Program.of(
        folder,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Djdk.net.hosts.file=" + hosts,
        "-cp",
        Checkout.target().resolve("test-classes").toString(),
        HttpsVisitor.class.getName(),
        chain.toString(),
        authority);
  }

  /**
   * Prints a line for each visit.
   *
   * @param args the certificate to trust, the pod's name with its port
   */
  public static void main(String[] args) throws Exception {
    HttpClient client =
        HttpClient.newBuilder().sslContext(HostCertificates.trusting(Path.of(args[0]))).build();
    for (Version version : List.of(Version.HTTP_2, Version.HTTP_1_1)) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://" + args[1] + "/headers"))
              .version(version)
              .build();
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      System.out.println(answer.version() + " " + answer.statusCode() + " " + answer.body());
    }
    Echo echo = new Echo();
    WebSocket socket =
        client.newWebSocketBuilder().buildAsync(URI.create("wss://" + args[1] + "/"), echo).join();
    socket.sendText("there and back", true);
    System.out.println(echo.text.join());
    socket.abort();
  }

  private static final class Echo implements WebSocket.Listener {

    private final CompletableFuture<String> text = new CompletableFuture<>();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean isLast) {
      text.complete(data.toString());
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      text.completeExceptionally(error);
    }
  }
}
