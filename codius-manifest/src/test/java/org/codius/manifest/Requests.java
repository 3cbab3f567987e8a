package org.codius.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Requests for tests, as text with one thing of interest each. */
final class Requests {

  static final String IMAGE =
      "nginx@sha256:3e2ffcf0edca2a4e9b24ca442d227baea7b7f0e33ad654ef1eb806fbd9bedcf0";

  private Requests() {}

  /**
   * A request whose one container has also {@code container}, the manifest also {@code manifest}.
   */
  static byte[] of(String container, String manifest, String request) {
    return bytes(
        "{\"manifest\":{\"name\":\"n\",\"version\":\"1\",\"containers\":[{\"id\":\"app\",\"image\":\""
            + IMAGE
            + "\""
            + more(container)
            + "}]"
            + more(manifest)
            + "}"
            + more(request)
            + "}");
  }

  static byte[] withManifest(String manifest) {
    return of("", manifest, "");
  }

  static byte[] withContainer(String container) {
    return of(container, "", "");
  }

  static byte[] withEnvironment(String environment, String manifest, String request) {
    return of("\"environment\":{" + environment + "}", manifest, request);
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String more(String members) {
    return members.isEmpty() ? "" : "," + members;
  }
}
