package org.codius.hyper.hyperd;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codius.hyper.PodId;

/**
 * A container that no pod has but whose name is taken.
 *
 * <p>hyperd leaves them behind when creating a pod fails after its first container, or when the
 * host crashes, and has no call that lists or removes them. Its refusal to use the name again tells
 * the id. A pod that is created with that id takes the container over, and it goes with that pod.
 */
record LeakedContainer(String name, String containerId) {

  /** The words of the docker inside hyperd. */
  private static final Pattern CONFLICT =
      Pattern.compile(
          "The name \"/([a-zA-Z0-9_.-]+)\" is already in use by container ([0-9a-f]{64})");

  /** Returns the container that {@code reply} names, if it is one of the pod {@code id}. */
  static Optional<LeakedContainer> parse(HyperdReply reply, PodId id) {
    Matcher conflict = CONFLICT.matcher(reply.body());
    return conflict.find() && conflict.group(1).startsWith(PodInfo.containerPrefix(id))
        ? Optional.of(new LeakedContainer(conflict.group(1), conflict.group(2)))
        : Optional.empty();
  }
}
