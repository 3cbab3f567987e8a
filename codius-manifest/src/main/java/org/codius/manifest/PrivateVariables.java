package org.codius.manifest;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The private values that came with a manifest.
 *
 * <p>None sent at all is not the same as an empty set: a quote may leave them out. {@link
 * #toString} shows the names only.
 */
public final class PrivateVariables {

  /** What a request without {@code private} has. */
  public static final PrivateVariables ABSENT = new PrivateVariables(ImmutableMap.of(), false);

  private final ImmutableMap<String, PrivateVariable> byName;
  private final boolean isPresent;

  private PrivateVariables(ImmutableMap<String, PrivateVariable> byName, boolean isPresent) {
    this.byName = byName;
    this.isPresent = isPresent;
  }

  /** Returns the given values, in the map's order. */
  public static PrivateVariables of(Map<String, PrivateVariable> byName) {
    return new PrivateVariables(ImmutableMap.copyOf(byName), true);
  }

  /** Returns whether the request had a {@code private} property, even an empty one. */
  public boolean isPresent() {
    return isPresent;
  }

  public Set<String> names() {
    return byName.keySet();
  }

  public Optional<PrivateVariable> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** Returns what the manifest's variables of these names must be, as hashes by name. */
  public Map<String, String> hashes() {
    return ImmutableMap.copyOf(Maps.transformValues(byName, PrivateVariable::hash));
  }

  /** Returns {@code {"vars":{…}}} with the values in clear, as a request carries them. */
  public String secretJson() {
    return JsonText.of(json());
  }

  JsonObject json() {
    JsonObject.Member[] variables =
        byName.entrySet().stream()
            .map(entry -> JsonObject.Member.of(entry.getKey(), entry.getValue().json()))
            .toArray(JsonObject.Member[]::new);
    return byName.isEmpty()
        ? JsonObject.of()
        : JsonObject.of(JsonObject.Member.of("vars", JsonObject.from(variables)));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PrivateVariables that
        && isPresent == that.isPresent
        && byName.equals(that.byName);
  }

  @Override
  public int hashCode() {
    return byName.hashCode();
  }

  @Override
  public String toString() {
    return "PrivateVariables" + byName.keySet();
  }
}
