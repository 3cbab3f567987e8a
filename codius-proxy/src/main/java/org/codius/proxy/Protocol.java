package org.codius.proxy;

/** What a client speaks; pods are always spoken to in HTTP/1.1. */
enum Protocol {
  HTTP_1_0("1.0"),
  HTTP_1_1("1.1"),
  HTTP_2("2.0");

  private final String received;

  Protocol(String received) {
    this.received = received;
  }

  /** Whether a body without a known length comes and goes in chunks. */
  boolean hasChunks() {
    return this == HTTP_1_1;
  }

  /** Whether the client understands that an answer is not the last one, as 100 and 103. */
  boolean hasInterimAnswers() {
    return this != HTTP_1_0;
  }

  /** As a {@code Via} field has it. */
  @Override
  public String toString() {
    return received;
  }
}
