package org.codius.daemon.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.codius.manifest.ManifestHash;

/**
 * A pod that one has bought time on, and what can be done with it for nothing.
 *
 * <p>The calls block. Confined to one thread.
 */
public final class OwnedPod {

  private static final BuyerTimeouts TIMEOUTS = BuyerTimeouts.DEFAULT;

  private final HostClient host;
  private final ManifestHash hash;
  private final List<String> tokens;

  /**
   * @param tokens the management tokens of our purchases of it, first bought first
   */
  public OwnedPod(URI host, ManifestHash hash, List<String> tokens) {
    this.host = new HostClient(host);
    this.hash = hash;
    this.tokens = List.copyOf(tokens);
  }

  /** Returns what the host says of the pod. */
  public JsonNode status() {
    return answer("ask for the pod", "GET", "/pods/" + hash.value(), "").body();
  }

  /**
   * Returns the pod's output, a line each: {@code <container> <stdout or stderr> <text>}.
   *
   * @param follow whether to go on with new lines as they come
   */
  public Stream<String> logs(boolean follow) {
    String path = "/pods/" + hash.value() + "/logs" + (follow ? "?follow=true" : "");
    String token = tokens.isEmpty() ? "" : tokens.get(0); // of the purchase that started it
    // The original sends "ping" every second to keep the connection alive.
    return host.lines(path, token, TIMEOUTS.answer()).filter(line -> !line.equals("ping"));
  }

  /** Returns the signed receipt of each of our purchases, as the host sent it. */
  public List<String> receipts() {
    String path = "/pods/" + hash.value() + "/receipt";
    return requireTokens().stream()
        .map(token -> answer("get the receipt", "GET", path, token).text())
        .toList();
  }

  /**
   * Gives back the rest of all our purchases, for nothing; returns when the pod's time ends now.
   */
  public Instant surrender() {
    String path = "/pods?manifestHash=" + hash.value();
    Instant expiry = Instant.MAX;
    for (String token : requireTokens()) {
      HostAnswer answer = host.send("DELETE", path, token, TIMEOUTS.answer());
      if (answer.status() == 404 && !expiry.equals(Instant.MAX)) {
        return expiry; // went with the purchase before
      }
      if (!answer.isSuccess()) {
        throw host.refused("give the time back", answer);
      }
      expiry = expiry(answer);
    }
    return expiry;
  }

  private Instant expiry(HostAnswer answer) {
    try {
      return Instant.parse(answer.body().path("expiry").asText());
    } catch (DateTimeException e) {
      throw new ClientException(
          host.host() + " gave an answer that is not understood: " + answer.text(), "", e);
    }
  }

  private List<String> requireTokens() {
    if (tokens.isEmpty()) {
      throw new ClientException(
          "no management token of " + hash + " is known",
          "Name the file it was uploaded from: the token is in its state file.");
    }
    return tokens;
  }

  private HostAnswer answer(String action, String method, String path, String token) {
    HostAnswer answer = host.send(method, path, token, TIMEOUTS.answer());
    if (!answer.isSuccess()) {
      throw host.refused(action, answer);
    }
    return answer;
  }
}
