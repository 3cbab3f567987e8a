package org.codius.hyper.cri;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codius.hyper.PodDriverException;
import org.codius.hyper.PodDriverException.Reason;

/**
 * Tells from a runtime's answer what went wrong.
 *
 * <p>containerd gives nearly every failure the code UNKNOWN, so the words have to be looked at.
 * What is not recognised keeps the reason that fits the call.
 */
final class CriErrors {

  private static final List<String> NO_SUCH_COMMAND =
      List.of(
          "executable file not found",
          "no such file or directory: unknown",
          "is a directory: unknown",
          "\": permission denied",
          "exec format error");
  private static final List<String> TIME_IS_UP = List.of("timeout", "deadline exceeded");
  private static final List<String> NO_ARGUMENTS = List.of("no command specified");
  private static final List<String> NO_SUCH_IMAGE =
      List.of(
          ": not found",
          "manifest unknown",
          "name unknown",
          "pull access denied",
          "repository does not exist",
          "insufficient_scope",
          "401 unauthorized",
          "403 forbidden",
          "no match for platform",
          "invalid reference format");

  private static final Pattern PROGRAM = Pattern.compile("exec: \\\\?\"([^\"\\\\]{1,200})");

  /** How much of a runtime's own words a message carries: they nest a dozen deep. */
  private static final int MOST_WORDS = 600;

  private CriErrors() {}

  static PodDriverException onPull(String image, StatusRuntimeException e) {
    String words = words(e);
    if (e.getStatus().getCode() == Status.Code.NOT_FOUND || has(words, NO_SUCH_IMAGE)) {
      return new PodDriverException(
          Reason.IMAGE_NOT_FOUND,
          "pull "
              + image
              + ": the registry has no such image, or does not show it to us ("
              + last(words)
              + ")",
          e);
    }
    return of("pull " + image, Reason.IMAGE_PULL_FAILED, e);
  }

  static PodDriverException onCreate(String container, String image, StatusRuntimeException e) {
    String words = words(e);
    if (e.getStatus().getCode() == Status.Code.NOT_FOUND && words.contains("image")) {
      return new PodDriverException(
          Reason.IMAGE_NOT_FOUND,
          "create container " + container + ": image " + image + " has not been pulled",
          e);
    }
    if (has(words, NO_ARGUMENTS)) {
      return new PodDriverException(
          Reason.COMMAND_NOT_FOUND,
          "create container "
              + container
              + ": neither the image nor the manifest says which program to run",
          e);
    }
    return of("create container " + container, Reason.START_FAILED, e);
  }

  static PodDriverException onStart(String container, String image, StatusRuntimeException e) {
    String words = words(e);
    if (has(words, NO_SUCH_COMMAND)) {
      Matcher program = PROGRAM.matcher(words);
      String which = program.find() ? "\"" + program.group(1) + "\"" : "the program it is to run";
      return new PodDriverException(
          Reason.COMMAND_NOT_FOUND,
          "start container " + container + ": image " + image + " does not have " + which,
          e);
    }
    return of("start container " + container, Reason.START_FAILED, e);
  }

  static PodDriverException onExec(String action, StatusRuntimeException e) {
    String words = words(e);
    if (has(words, NO_SUCH_COMMAND)) {
      return new PodDriverException(
          Reason.COMMAND_NOT_FOUND, action + ": the container does not have it", e);
    }
    if (has(words, TIME_IS_UP)) {
      return new PodDriverException(Reason.TIMEOUT, action + ": it took too long", e);
    }
    return of(action, Reason.START_FAILED, e);
  }

  static PodDriverException of(String action, Reason otherwise, StatusRuntimeException e) {
    Reason reason =
        switch (e.getStatus().getCode()) {
          case DEADLINE_EXCEEDED -> Reason.TIMEOUT;
          case UNAVAILABLE, CANCELLED -> Reason.RUNTIME_UNAVAILABLE;
          default -> otherwise;
        };
    return new PodDriverException(reason, action + ": " + reason(e), e);
  }

  /** Returns in words what went wrong. */
  static String reason(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case DEADLINE_EXCEEDED -> "the runtime took too long";
      case UNAVAILABLE -> "the runtime does not answer";
      case CANCELLED -> "the driver was closed"; // nobody else cancels
      default -> last(words(e));
    };
  }

  private static String words(StatusRuntimeException e) {
    String description = e.getStatus().getDescription();
    return description == null ? e.getStatus().getCode().toString() : description;
  }

  private static boolean has(String words, List<String> signs) {
    String lowercase = words.toLowerCase(Locale.ROOT);
    return signs.stream().anyMatch(lowercase::contains);
  }

  /** The end of the words is the cause. */
  private static String last(String words) {
    return words.length() <= MOST_WORDS
        ? words
        : "…" + words.substring(words.length() - MOST_WORDS);
  }
}
