package org.codius.manifest;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Manifests as people write them, of about a given size. */
final class BenchmarkManifests {

  private static final String IMAGE =
      "nginx@sha256:3e2ffcf0edca2a4e9b24ca442d227baea7b7f0e33ad654ef1eb806fbd9bedcf0";

  private BenchmarkManifests() {}

  static byte[] request(int size) {
    StringBuilder containers = new StringBuilder();
    StringBuilder variables = new StringBuilder();
    for (int i = 0; i == 0 || containers.length() + variables.length() < size - 340; i++) {
      String separator = i == 0 ? "" : ",";
      containers
          .append(separator)
          .append("{\"id\":\"app")
          .append(i)
          .append("\",\"image\":\"")
          .append(IMAGE)
          .append("\",\"command\":[\"/bin/sh\"],\"workdir\":\"/root\",\"environment\":{\"KEY")
          .append(i)
          .append("\":\"$KEY")
          .append(i)
          .append("\",\"MODE\":\"production\"}}");
      variables
          .append(separator)
          .append("\"KEY")
          .append(i)
          .append("\":{\"value\":\"AKRTP2SB9AF5TQQ1N1BB\"}");
    }
    return ("{\"manifest\":{\"name\":\"my-codius-pod\",\"version\":\"1.0.0\",\"machine\":\"small\","
            + "\"port\":\"8080\",\"containers\":["
            + containers
            + "],\"vars\":{"
            + variables
            + "}}}")
        .getBytes(UTF_8);
  }
}
