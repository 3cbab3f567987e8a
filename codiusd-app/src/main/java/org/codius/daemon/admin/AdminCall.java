package org.codius.daemon.admin;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codius.daemon.http.ApiRequest;
import org.codius.daemon.http.ApiResponse;

/** One call: which requests are it, and what answers them. */
final class AdminCall {

  private final String method;
  private final Pattern path;
  private final Answer answer;

  private AdminCall(String method, Pattern path, Answer answer) {
    this.method = method;
    this.path = path;
    this.answer = answer;
  }

  /** What answers a call. May block. */
  @FunctionalInterface
  interface Answer {
    /**
     * Answers {@code request}.
     *
     * @param argument what stands for {@code {}} in the path, or ""
     */
    ApiResponse to(ApiRequest request, String argument) throws InterruptedException;
  }

  /**
   * Returns a call by its method and path.
   *
   * @param path a regular expression, that may have one {@code {}} for anything without a slash
   */
  static AdminCall of(String method, String path, Answer answer) {
    return new AdminCall(method, Pattern.compile(path.replace("{}", "([^/]+)")), answer);
  }

  /** Answers {@code request}, or returns empty if it is another. */
  Optional<ApiResponse> tryAnswer(ApiRequest request) throws InterruptedException {
    Matcher matcher = path.matcher(request.path());
    if (!request.method().name().equals(method) || !matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(answer.to(request, matcher.groupCount() == 0 ? "" : matcher.group(1)));
  }
}
