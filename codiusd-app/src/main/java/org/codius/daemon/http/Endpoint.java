package org.codius.daemon.http;

/** Answers the requests of one path. Called by workers, and may block. */
@FunctionalInterface
public interface Endpoint {

  ApiResponse respond(ApiRequest request) throws InterruptedException;
}
