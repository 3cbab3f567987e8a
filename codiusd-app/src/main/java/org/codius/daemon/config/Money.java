package org.codius.daemon.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/** Where the money comes from. */
public sealed interface Money {

  /**
   * A connector of our own that hands out play money.
   *
   * @param port where it listens on loopback, for BTP
   * @param isPublicAllowed whether that may be on an address others can reach
   */
  record Play(int port, boolean isPublicAllowed) implements Money {}

  /**
   * An account at a connector.
   *
   * @param uri {@code btp+ws://user:token@host:port}; it holds a secret
   */
  record Uplink(URI uri) implements Money {

    /** All before the last @: no part of a misspelt password is left. */
    private static final Pattern USER_INFO = Pattern.compile("://.*@");

    private static String withoutPassword(String uri) {
      return uri.contains("://") ? USER_INFO.matcher(uri).replaceFirst("://***@") : "***";
    }

    @Override
    public String toString() {
      return "Uplink[***@" + uri.getHost() + ":" + uri.getPort() + "]";
    }
  }

  /** Reads where; connects to nothing. */
  static Money from(Settings settings) {
    int port = settings.integer("CODIUS_CONNECTOR_PORT", 7768, 0, 65535);
    boolean isPublicAllowed = settings.flag("CODIUS_I_KNOW");
    String uplink = settings.secret("CODIUS_UPLINK", Uplink::withoutPassword);
    if (uplink.isEmpty()) {
      uplink = originalUplink(settings);
    }
    if (uplink.isEmpty()) {
      return new Play(port, isPublicAllowed);
    }
    try {
      URI uri = new URI(uplink);
      boolean isBtp = "btp+ws".equals(uri.getScheme()) || "btp+wss".equals(uri.getScheme());
      if (isBtp && uri.getHost() != null) {
        return new Uplink(uri);
      }
    } catch (URISyntaxException e) {
      // reported below, without what it says: that has a piece of the secret
    }
    settings.wrong("CODIUS_UPLINK", "***", "btp+ws://user:token@host:port, or btp+wss://…");
    return new Play(port, isPublicAllowed);
  }

  /** Reads the account as the original has it, a plugin's name and its options, or returns "". */
  private static String originalUplink(Settings settings) {
    String plugin = settings.original("ILP_PLUGIN");
    String credentials = settings.originalSecret("ILP_CREDENTIALS");
    if (!plugin.isEmpty() && !plugin.equals("ilp-plugin-btp")) {
      settings.wrong(
          "ILP_PLUGIN", plugin, "ilp-plugin-btp, or in its stead CODIUS_UPLINK=btp+ws://…");
      return "";
    }
    if (credentials.isEmpty()) {
      return "";
    }
    try {
      JsonNode server = new ObjectMapper().readTree(credentials).path("server");
      if (server.isTextual()) {
        return server.asText();
      }
    } catch (JsonProcessingException e) {
      // reported below, without what it says: that has a piece of the secret
    }
    settings.wrong("ILP_CREDENTIALS", "***", "{\"server\":\"btp+ws://user:token@host:port\"}");
    return "";
  }
}
