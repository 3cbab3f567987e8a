package org.codius.manifest;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;

/**
 * One thing that is wrong with a manifest, and where.
 *
 * @param path the place as the original names it, {@code manifest.containers.0.image}; empty for
 *     the document itself
 * @param message the sentence the original answers; the same for many violations
 * @param help what is wrong and what to do, for a person
 * @param code the reason, for a program; never renamed
 */
public record Violation(String path, String message, String help, Code code)
    implements Serializable {

  /** Why something is refused. The names are part of the API. */
  public enum Code {
    /** The document is not JSON. */
    NOT_JSON,
    /** The document is not UTF-8. */
    NOT_UTF8,
    /** The document is larger than the host reads. */
    TOO_LARGE,
    /** The document is nested deeper than the host reads. */
    TOO_DEEP,
    /** A required property is missing. */
    MISSING,
    /** A property has the wrong JSON type. */
    WRONG_TYPE,
    /** A property that has no meaning here. */
    UNKNOWN_PROPERTY,
    /** A value outside the few that are allowed. */
    NOT_ALLOWED,
    /** No container at all. */
    NO_CONTAINERS,
    /** More containers than a pod may have. */
    TOO_MANY_CONTAINERS,
    /** More variables than a manifest may have. */
    TOO_MANY_VARIABLES,
    /** The port is no number from 1 to 65535. */
    INVALID_PORT,
    /** The image is no image reference. */
    INVALID_IMAGE,
    /** A container id that cannot be part of a name or path. */
    INVALID_CONTAINER_ID,
    /** Two containers with the same id. */
    DUPLICATE_CONTAINER_ID,
    /** Half a surrogate pair: two such manifests can have the same hash. */
    UNPAIRED_SURROGATE,
    /** A command, folder or environment that no process can be given. */
    UNUSABLE_TEXT,
    /** The manifest, or one environment value, cannot be passed to a process. */
    TOO_LARGE_FOR_ENVIRONMENT,
    /** An environment variable whose name belongs to the host. */
    RESERVED_NAME,
    /** A value {@code $NAME} without a variable NAME. */
    UNDEFINED_VARIABLE,
    /** A variable nobody uses. */
    UNUSED_VARIABLE,
    /** A private variable whose value was not sent. */
    PRIVATE_VALUE_MISSING,
    /** A private value that is not the one the manifest's hash was made of. */
    PRIVATE_VALUE_MISMATCH,
    /** A private value for a variable the manifest does not have. */
    PRIVATE_VALUE_UNKNOWN,
    /** There were more violations than are reported. */
    TOO_MANY_VIOLATIONS
  }

  public Violation {
    requireNonNull(path, "path");
    requireNonNull(message, "message");
    requireNonNull(help, "help");
    requireNonNull(code, "code");
  }
}
