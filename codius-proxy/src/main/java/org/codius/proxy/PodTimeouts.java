package org.codius.proxy;

import java.time.Duration;

/**
 * How long the proxy waits for a pod.
 *
 * @param connect to accept a connection
 * @param answer to begin its answer
 * @param answerBody for more of the body of its answer
 * @param idle before a connection kept to it is closed; below the 5 s after which many servers
 *     close it themselves
 * @param age before a connection to it is no longer kept for the next request
 */
public record PodTimeouts(
    Duration connect, Duration answer, Duration answerBody, Duration idle, Duration age) {

  public static final PodTimeouts DEFAULT =
      new PodTimeouts(
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          Duration.ofMinutes(5),
          Duration.ofSeconds(4),
          Duration.ofMinutes(10));

  public PodTimeouts {
    Positive.require("connect", connect);
    Positive.require("answer", answer);
    Positive.require("answerBody", answerBody);
    Positive.require("idle", idle);
    Positive.require("age", age);
  }

  public PodTimeouts withConnect(Duration changed) {
    return new PodTimeouts(changed, answer, answerBody, idle, age);
  }

  public PodTimeouts withAnswer(Duration changed) {
    return new PodTimeouts(connect, changed, answerBody, idle, age);
  }

  public PodTimeouts withAnswerBody(Duration changed) {
    return new PodTimeouts(connect, answer, changed, idle, age);
  }

  public PodTimeouts withIdle(Duration changed) {
    return new PodTimeouts(connect, answer, answerBody, changed, age);
  }

  public PodTimeouts withAge(Duration changed) {
    return new PodTimeouts(connect, answer, answerBody, idle, changed);
  }
}
