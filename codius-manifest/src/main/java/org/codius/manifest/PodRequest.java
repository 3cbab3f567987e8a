package org.codius.manifest;

import static java.util.Objects.requireNonNull;

/** What a client uploads: the manifest, which is public, and the values only the host may know. */
public record PodRequest(Manifest manifest, PrivateVariables privateVariables) {

  public PodRequest {
    requireNonNull(manifest, "manifest");
    requireNonNull(privateVariables, "privateVariables");
  }

  /** Returns the request as JSON, private values in clear. */
  public String secretJson() {
    String privateJson =
        privateVariables.isPresent() ? ",\"private\":" + privateVariables.secretJson() : "";
    return "{\"manifest\":" + manifest.json() + privateJson + "}";
  }
}
