package org.codius.proxy;

import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Why a request got no answer from a pod or the API.
 *
 * @param code stable, for programs
 * @param message what is wrong, a sentence for people
 * @param help what to do next
 */
record Refusal(HttpResponseStatus status, String code, String message, String help) {

  static Refusal badRequest(String message) {
    return new Refusal(
        HttpResponseStatus.BAD_REQUEST,
        "BAD_REQUEST",
        message,
        "Send a request that follows RFC 9112 to the letter; this proxy guesses at nothing.");
  }

  static Refusal tooLarge(int limit) {
    return new Refusal(
        HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "HEAD_TOO_LARGE",
        "request head is longer than " + limit + " bytes",
        "Send fewer or shorter header fields; cookies are the usual cause.");
  }

  static Refusal tooManyFields(int limit) {
    return new Refusal(
        HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "HEAD_TOO_LARGE",
        "message has more than " + limit + " header fields",
        "Send fewer header fields.");
  }

  static Refusal targetTooLong(int limit) {
    return new Refusal(
        HttpResponseStatus.REQUEST_URI_TOO_LONG,
        "TARGET_TOO_LONG",
        "request line is longer than " + limit + " bytes",
        "Send what does not fit in the URL in the request's body.");
  }

  static Refusal version() {
    return new Refusal(
        HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED,
        "VERSION_NOT_SUPPORTED",
        "HTTP version is not supported",
        "Use HTTP/1.1.");
  }

  static Refusal method(String method) {
    return new Refusal(
        HttpResponseStatus.METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED",
        method + " is not allowed here",
        "This is no forward proxy; ask for the page itself.");
  }

  static Refusal expectation() {
    return new Refusal(
        HttpResponseStatus.EXPECTATION_FAILED,
        "EXPECTATION_FAILED",
        "Expect asks for something else than 100-continue",
        "Leave the Expect header out.");
  }

  static Refusal requestTimeout() {
    return new Refusal(
        HttpResponseStatus.REQUEST_TIMEOUT,
        "REQUEST_TIMEOUT",
        "request did not arrive in time",
        "Send the request without pausing.");
  }

  static Refusal hostNotFound() {
    return new Refusal(
        HttpResponseStatus.NOT_FOUND,
        "HOST_NOT_FOUND",
        "nothing is served under that host name",
        "A pod's address begins with its manifest hash, 52 letters and digits.");
  }

  static Refusal podNotFound(String pod) {
    return new Refusal(
        HttpResponseStatus.NOT_FOUND,
        "POD_NOT_FOUND",
        "no pod with that hash found. " + named(pod),
        "Its time may have run out, it may serve no port, or it runs on another host."
            + " Upload its manifest again to start it here.");
  }

  static Refusal podsUnknown(String pod) {
    return new Refusal(
        HttpResponseStatus.SERVICE_UNAVAILABLE,
        "HOST_STARTING",
        "host does not know yet which pods run. " + named(pod),
        "Try again in some seconds.");
  }

  static Refusal podRefused(String pod) {
    return new Refusal(
        HttpResponseStatus.SERVICE_UNAVAILABLE,
        "POD_REFUSED",
        "pod does not accept connections. " + named(pod),
        "It may still be starting, or listen on another port than its manifest names,"
            + " or on its loopback address only.");
  }

  static Refusal podBusy(String pod) {
    return new Refusal(
        HttpResponseStatus.SERVICE_UNAVAILABLE,
        "POD_BUSY",
        "pod has as many connections as it may have. " + named(pod),
        "Try again later.");
  }

  static Refusal podTimeout(String pod) {
    return new Refusal(
        HttpResponseStatus.GATEWAY_TIMEOUT,
        "POD_TIMEOUT",
        "pod did not answer in time. " + named(pod),
        "It may be overloaded; try again later.");
  }

  static Refusal podBroken(String pod, String reason) {
    return new Refusal(
        HttpResponseStatus.BAD_GATEWAY,
        "POD_BROKEN",
        "pod's answer is broken: " + reason + ". " + named(pod),
        "The program in the pod crashed or does not speak HTTP/1.1; its logs may tell why.");
  }

  /** Names a pod by what it was found by: its manifest hash or a whole host name. */
  private static String named(String pod) {
    return (pod.indexOf('.') < 0 ? "hash=" : "host=") + pod;
  }

  /** A broken answer, found by the parser, which knows neither pod nor request. */
  static Refusal brokenAnswer(String reason) {
    return new Refusal(HttpResponseStatus.BAD_GATEWAY, "POD_BROKEN", reason, "");
  }

  static Refusal internal() {
    return new Refusal(
        HttpResponseStatus.INTERNAL_SERVER_ERROR,
        "INTERNAL_ERROR",
        "the host failed to look the pod up",
        "The host's log says why.");
  }
}
