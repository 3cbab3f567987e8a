package org.codius.daemon.http;

import static java.util.Objects.requireNonNull;

import io.netty.handler.codec.http.HttpResponseStatus;

/** A request that is answered with an error. */
public final class ApiException extends RuntimeException {

  private final HttpResponseStatus status;
  private final String code;
  private final String help;

  /**
   * @param message in the original's words where it has any: clients print it
   * @param code the reason, stable: clients act on it
   * @param help the next step, in a sentence
   */
  public ApiException(HttpResponseStatus status, String message, String code, String help) {
    super(message);
    this.status = status;
    this.code = code;
    this.help = help;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage(), "message");
  }

  HttpResponseStatus status() {
    return status;
  }

  String code() {
    return code;
  }

  String help() {
    return help;
  }
}
