package org.codius.daemon.client;

/** Things to upload. */
final class Pods {

  static final String IMAGE = "127.0.0.1:5000/web@sha256:" + "a".repeat(64);

  private Pods() {}

  static String request(String name) {
    return """
        {"manifest":{"name":"%s","version":"1.0.0","machine":"small","port":"8080",
        "containers":[{"id":"web","image":"%s"}]},"private":{}}"""
        .formatted(name, IMAGE);
  }
}
