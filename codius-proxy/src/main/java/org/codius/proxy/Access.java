package org.codius.proxy;

import java.time.Duration;

/**
 * One request and how it went.
 *
 * @param client the address it came from, or that a trusted proxy named
 * @param method empty if the head could not be read; likewise {@code host} and {@code target}
 * @param host as the client sent it
 * @param status of the answer; 0 if the client went away before it had one
 * @param received bytes of the request's body, and of what came after an upgrade
 * @param sent bytes of the answer, and of what followed an upgrade
 * @param waited from the end of the request's head to the first byte of the answer
 * @param took from the end of the request's head to the end of the answer or the connection
 */
public record Access(
    String client,
    String method,
    String host,
    String target,
    int status,
    long received,
    long sent,
    Duration waited,
    Duration took) {}
