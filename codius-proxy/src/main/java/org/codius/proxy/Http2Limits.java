package org.codius.proxy;

/**
 * What an HTTP/2 client may use.
 *
 * @param streams requests under way at a time on one connection
 * @param streamWindow bytes of a request's body that may wait for the pod to take them
 * @param connectionWindow the same of all requests of a connection together
 * @param resets requests that a client may cancel in 30 s before its connection is closed
 * @param idleFrames frames in 10 s that go with no request, content or answer, such as PING, before
 *     its connection is closed
 */
public record Http2Limits(
    int streams, int streamWindow, int connectionWindow, int resets, int idleFrames) {

  /** What a connection's window is by itself (RFC 9113 §6.9.2). */
  private static final int DEFAULT_WINDOW = 65_535;

  public static final Http2Limits DEFAULT =
      new Http2Limits(100, 256 * 1024, 1024 * 1024, 200, 1000);

  public Http2Limits {
    Positive.require("streams", streams);
    Positive.require("streamWindow", streamWindow);
    if (connectionWindow <= DEFAULT_WINDOW) {
      throw new IllegalArgumentException(
          "connectionWindow: "
              + connectionWindow
              + " (expected: more than "
              + DEFAULT_WINDOW
              + ")");
    }
    Positive.require("resets", resets);
    Positive.require("idleFrames", idleFrames);
  }

  public Http2Limits withStreams(int changed) {
    return new Http2Limits(changed, streamWindow, connectionWindow, resets, idleFrames);
  }

  public Http2Limits withStreamWindow(int changed) {
    return new Http2Limits(streams, changed, connectionWindow, resets, idleFrames);
  }

  public Http2Limits withConnectionWindow(int changed) {
    return new Http2Limits(streams, streamWindow, changed, resets, idleFrames);
  }

  public Http2Limits withResets(int changed) {
    return new Http2Limits(streams, streamWindow, connectionWindow, changed, idleFrames);
  }

  public Http2Limits withIdleFrames(int changed) {
    return new Http2Limits(streams, streamWindow, connectionWindow, resets, changed);
  }
}
