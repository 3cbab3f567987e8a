package org.codius.manifest;

import static com.google.common.base.Preconditions.checkArgument;
import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * Says everything that is wrong with a manifest. Holds no private value.
 *
 * <p>The message is the original's answer, byte for byte; {@link #violations()} has the details.
 */
public final class InvalidManifestException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** At which step the manifest was refused: the original answers each differently. */
  public enum Kind {
    /** Not JSON: 400 {@code Invalid request payload JSON format}. */
    SYNTAX,
    /** Not a manifest this host could run: 400 {@code Invalid request payload input}. */
    SCHEMA,
    /** A variable does not resolve: 422 with the first violation's message. */
    INTERPOLATION
  }

  private final Kind kind;
  private final List<Violation> violations;

  /** Says that a document was refused at the step {@code kind}, for at least one reason. */
  public InvalidManifestException(Kind kind, List<Violation> violations) {
    this.kind = requireNonNull(kind, "kind");
    this.violations = List.copyOf(violations);
    checkArgument(!violations.isEmpty(), "an exception needs a violation");
  }

  /** Returns the original's answer. */
  @Override
  public String getMessage() {
    return originalMessage(kind, violations);
  }

  /** Returns at which step the manifest was refused. */
  public Kind kind() {
    return kind;
  }

  /** Returns what is wrong, in the order of the original's checks; at least one. */
  public List<Violation> violations() {
    return violations;
  }

  private static String originalMessage(Kind kind, List<Violation> violations) {
    return switch (kind) {
      case SYNTAX -> Violations.ORIGINAL_SYNTAX;
      case SCHEMA -> Violations.ORIGINAL_SCHEMA;
      case INTERPOLATION -> violations.get(0).message();
    };
  }
}
