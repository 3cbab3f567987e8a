package org.codius.proxy;

/** What the proxy's own answers are written in. */
public enum AnswerFormat {
  /** HTML, for people. */
  PAGE("text/html; charset=utf-8"),
  JSON("application/json; charset=utf-8");

  private final String contentType;

  AnswerFormat(String contentType) {
    this.contentType = contentType;
  }

  String contentType() {
    return contentType;
  }
}
