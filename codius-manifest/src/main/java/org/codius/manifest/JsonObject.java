package org.codius.manifest;

import com.google.common.collect.Maps;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object with its members in the order in which JavaScript enumerates them.
 *
 * <p>That order is: names that are array indexes, ascending; then the others as they first
 * appeared. Of a name that appears twice the last value counts, in the place of the first.
 */
final class JsonObject implements JsonValue {

  /** One name and its value. */
  record Member(String name, boolean isNamePlain, JsonValue value) {

    static Member of(String name, JsonValue value) {
      return new Member(name, Text.isPlain(name), value);
    }
  }

  /** By UTF-16 unit, as JavaScript sorts strings. */
  private static final Comparator<Member> BY_NAME = Comparator.comparing(Member::name);

  private static final Comparator<Member> BY_INDEX =
      Comparator.comparingLong(member -> arrayIndex(member.name()));

  /** Up to this many members a scan finds a name faster than a hash table is built. */
  private static final int SCAN_LIMIT = 12;

  private static final long MAX_ARRAY_INDEX = 0xFFFF_FFFEL;

  private final Member[] members;

  /** The same by name, sorted once: a manifest is hashed more often than it is read. */
  private final Member[] sorted;

  private JsonObject(Member[] members) {
    this.members = members;
    this.sorted = isSorted(members) ? members : sorted(members);
  }

  /** Returns the object with these members, which may repeat names. Takes ownership. */
  static JsonObject from(Member[] members) {
    Member[] unique = members.length > SCAN_LIMIT ? uniqueOfMany(members) : uniqueOfFew(members);
    moveIndexesFirst(unique);
    return new JsonObject(unique);
  }

  static JsonObject of(Member... members) {
    return from(members.clone());
  }

  List<Member> members() {
    return Arrays.asList(members);
  }

  /** Returns the members by name, not to be changed. */
  Member[] sortedByName() {
    return sorted;
  }

  boolean isEmpty() {
    return members.length == 0;
  }

  boolean has(String name) {
    return get(name) != null;
  }

  /** Returns the value of {@code name}. Scans: for the few names a schema knows. */
  @Nullable JsonValue get(String name) {
    for (Member member : members) {
      if (member.name().equals(name)) {
        return member.value();
      }
    }
    return null;
  }

  /** Returns this object with {@code name} set to {@code value}, where it was or at the end. */
  JsonObject with(String name, JsonValue value) {
    Member[] more = Arrays.copyOf(members, members.length + 1);
    more[members.length] = Member.of(name, value);
    return from(more);
  }

  /** Returns this object without {@code name}. */
  JsonObject without(String name) {
    return new JsonObject(
        Arrays.stream(members).filter(m -> !m.name().equals(name)).toArray(Member[]::new));
  }

  private static boolean isSorted(Member[] members) {
    for (int i = 1; i < members.length; i++) {
      if (members[i - 1].name().compareTo(members[i].name()) > 0) {
        return false;
      }
    }
    return true;
  }

  private static Member[] sorted(Member[] members) {
    Member[] sorted = members.clone();
    Arrays.sort(sorted, BY_NAME);
    return sorted;
  }

  private static Member[] uniqueOfFew(Member[] members) {
    int count = 0;
    for (Member member : members) {
      int place = 0;
      while (place < count && !members[place].name().equals(member.name())) {
        place++;
      }
      members[place] = member;
      count = Math.max(count, place + 1);
    }
    return count == members.length ? members : Arrays.copyOf(members, count);
  }

  private static Member[] uniqueOfMany(Member[] members) {
    Map<String, Integer> places = Maps.newHashMapWithExpectedSize(members.length);
    int count = 0;
    for (Member member : members) {
      Integer known = places.putIfAbsent(member.name(), count);
      members[known == null ? count++ : known] = member;
    }
    return count == members.length ? members : Arrays.copyOf(members, count);
  }

  private static void moveIndexesFirst(Member[] members) {
    for (Member member : members) {
      if (arrayIndex(member.name()) <= MAX_ARRAY_INDEX) {
        Arrays.sort(members, BY_INDEX); // stable, and every other name has the same, highest index
        return;
      }
    }
  }

  /** Returns the index {@code name} spells in canonical form, or a number above any index. */
  private static long arrayIndex(String name) {
    int length = name.length();
    boolean canBeIndex = length > 0 && length <= 10 && (length == 1 || name.charAt(0) != '0');
    long index = 0;
    for (int i = 0; canBeIndex && i < length; i++) {
      int digit = name.charAt(i) - '0';
      canBeIndex = digit >= 0 && digit <= 9;
      index = index * 10 + digit;
    }
    return canBeIndex && index <= MAX_ARRAY_INDEX ? index : Long.MAX_VALUE;
  }
}
