package org.codius.daemon.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.codius.daemon.lease.RefusedException;
import org.codius.manifest.InvalidManifestException;
import org.codius.manifest.Violation;

/** What a refused purchase or a bad manifest looks like in HTTP. */
final class Refusals {

  /** How long to wait before asking again for what may pass, in seconds. */
  private static final String RETRY_AFTER = "30";

  private static final String RETRY_AFTER_START = "5";

  private Refusals() {}

  static ApiResponse.Whole of(RefusedException refused) {
    HttpResponseStatus status = status(refused.reason());
    ApiResponse.Whole answer = ApiResponse.json(status, body(refused));
    if (!status.equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
      return answer;
    }
    boolean isStarting = refused.reason() == RefusedException.Reason.HOST_STARTING;
    return answer.withHeader("Retry-After", isStarting ? RETRY_AFTER_START : RETRY_AFTER);
  }

  static ObjectNode body(RefusedException refused) {
    return ApiResponse.errorBody(
        status(refused.reason()), refused.getMessage(), refused.reason().name(), refused.help());
  }

  static ApiResponse.Whole of(InvalidManifestException invalid) {
    return ApiResponse.json(status(invalid), body(invalid));
  }

  /** The original's status and sentence, and below {@code violations} everything that is wrong. */
  static ObjectNode body(InvalidManifestException invalid) {
    Violation first = invalid.violations().get(0);
    ObjectNode body =
        ApiResponse.errorBody(
            status(invalid), invalid.getMessage(), "INVALID_MANIFEST", first.help());
    ArrayNode violations = body.putArray("violations");
    for (Violation violation : invalid.violations()) {
      violations
          .addObject()
          .put("path", violation.path())
          .put("code", violation.code().name())
          .put("help", violation.help());
    }
    return body;
  }

  private static HttpResponseStatus status(InvalidManifestException invalid) {
    return invalid.kind() == InvalidManifestException.Kind.INTERPOLATION
        ? HttpResponseStatus.UNPROCESSABLE_ENTITY
        : HttpResponseStatus.BAD_REQUEST;
  }

  private static HttpResponseStatus status(RefusedException.Reason reason) {
    return switch (reason) {
      case INVALID_DURATION -> HttpResponseStatus.BAD_REQUEST;
      case LOGS_CLOSED, MANAGEMENT_TOKEN_WRONG, BANNED -> HttpResponseStatus.FORBIDDEN;
      case POD_NOT_FOUND -> HttpResponseStatus.NOT_FOUND;
      case PAY_TOKEN_MISMATCH -> HttpResponseStatus.CONFLICT;
      case PAYMENT_TOO_LOW -> HttpResponseStatus.PAYMENT_REQUIRED;
      case IMAGE_NOT_FOUND, COMMAND_NOT_FOUND, START_FAILED ->
          HttpResponseStatus.UNPROCESSABLE_ENTITY;
      case HOST_STARTING,
          ISOLATION_TOO_WEAK,
          FIREWALL_FAILED,
          SELF_TEST_FAILED,
          DISK_LOW,
          HOST_FULL,
          HOST_BUSY,
          CALLER_GONE,
          DRAINING,
          SHUTTING_DOWN,
          IMAGE_PULL_FAILED,
          IMAGE_STILL_PULLING,
          START_TOO_SLOW,
          RUNTIME_UNAVAILABLE ->
          HttpResponseStatus.SERVICE_UNAVAILABLE;
    };
  }
}
