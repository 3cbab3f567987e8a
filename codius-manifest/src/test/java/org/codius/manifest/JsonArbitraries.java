package org.codius.manifest;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** JSON texts in all the spellings there are, and requests that are nearly right. */
final class JsonArbitraries {

  private static final int MAX_LEVELS = 3;

  private JsonArbitraries() {}

  /** Any document. */
  static Arbitrary<String> documents() {
    return documents(MAX_LEVELS);
  }

  private static Arbitrary<String> documents(int levels) {
    Arbitrary<String> scalars =
        Arbitraries.oneOf(numbers(), strings(), Arbitraries.of("true", "false", "null"));
    if (levels == 0) {
      return scalars;
    }
    Arbitrary<String> elements = documents(levels - 1);
    Arbitrary<String> arrays =
        elements.list().ofMaxSize(3).map(list -> "[" + String.join(" ,\n", list) + "]");
    return Arbitraries.oneOf(
        scalars,
        arrays,
        objects(Arbitraries.oneOf(strings(), indexes()), elements, 3),
        objects(Arbitraries.oneOf(strings(), indexes()), scalars, 20));
  }

  private static Arbitrary<String> objects(
      Arbitrary<String> names, Arbitrary<String> values, int maxMembers) {
    return Combinators.combine(names, values)
        .as((name, value) -> name + ": " + value)
        .list()
        .ofMaxSize(maxMembers)
        .map(members -> "{ " + String.join(",\t", members) + "}");
  }

  private static Arbitrary<String> indexes() {
    return Arbitraries.oneOf(
            Arbitraries.integers().between(0, 200).map(String::valueOf),
            Arbitraries.of("4294967294", "4294967295", "007", "00", "-1", "1.0", "99999999999"))
        .map(index -> '"' + index + '"');
  }

  static Arbitrary<String> numbers() {
    return Arbitraries.oneOf(
        Arbitraries.longs().map(String::valueOf),
        Arbitraries.longs().map(bits -> finite(Double.longBitsToDouble(bits))),
        Arbitraries.doubles().between(-1e22, 1e22).map(JsonArbitraries::finite),
        Combinators.combine(
                Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(30),
                Arbitraries.integers().between(-340, 320))
            .as((digits, exponent) -> "-1." + digits + "E" + (exponent < 0 ? "" : "+") + exponent),
        Arbitraries.of("-0", "0.0", "1e400", "-1e400", "5e-324", "9.9e-324", "1e21", "1e-7"));
  }

  private static String finite(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "0";
  }

  static Arbitrary<String> strings() {
    Arbitrary<Character> units =
        Arbitraries.oneOf(
            Arbitraries.chars().range(' ', '~'),
            Arbitraries.chars().range('\0', '\u00ff'),
            Arbitraries.chars().range('\u0600', '\u0710'),
            Arbitraries.chars().range('\u17b0', '\u17bf'),
            Arbitraries.chars().range('\u2000', '\u2070'),
            Arbitraries.chars().range('\ud7f0', '\ue00f'),
            Arbitraries.chars().range('\uffe0', '\uffff'),
            Arbitraries.chars().all());
    return units.list().ofMaxSize(12).flatMap(JsonArbitraries::spelled);
  }

  /** A string may spell each unit in several ways. */
  private static Arbitrary<String> spelled(List<Character> units) {
    return Arbitraries.integers()
        .between(0, 2)
        .list()
        .ofSize(units.size())
        .map(
            choices -> {
              StringBuilder text = new StringBuilder("\"");
              for (int i = 0; i < units.size(); i++) {
                char unit = units.get(i);
                boolean mustEscape =
                    unit < ' ' || unit == '"' || unit == '\\' || Character.isSurrogate(unit);
                if (mustEscape || choices.get(i) == 0) {
                  text.append(String.format("\\u%04x", (int) unit));
                } else {
                  text.append(unit);
                }
              }
              return text.append('"').toString();
            });
  }

  /** Requests with some properties missing, wrong or unknown, and variables that may not match. */
  static Arbitrary<String> requests() {
    Arbitrary<String> manifests = mostly(manifests());
    Arbitrary<String> privates = mostly(privates());
    return Combinators.combine(
            member("manifest", manifests),
            maybe(member("private", privates)),
            maybe(rarely(member("extra", numbers()))))
        .as(JsonArbitraries::object);
  }

  private static Arbitrary<String> manifests() {
    return Combinators.combine(
            maybe(member("name", mostly(strings()))),
            maybe(member("version", mostly(strings()))),
            maybe(member("port", mostly(ports()))),
            maybe(member("machine", mostly(Arbitraries.of("\"small\"", "\"large\"")))),
            member("containers", mostly(array(mostly(containers())))),
            maybe(member("vars", mostly(objects(names(), mostly(variables()), 4)))),
            maybe(member("debug", mostly(Arbitraries.of("true", "false")))),
            maybe(rarely(member("pots", strings()))))
        .as((a, b, c, d, e, f, g, h) -> object(a, b, c, d, e, f, g, h));
  }

  private static Arbitrary<String> containers() {
    return Combinators.combine(
            member("id", mostly(Arbitraries.of("\"a\"", "\"b\"", "\"c\""))),
            maybe(member("image", mostly(Arbitraries.just("\"nginx\"")))),
            maybe(member("command", mostly(array(mostly(strings()))))),
            maybe(member("workdir", mostly(strings()))),
            maybe(member("environment", mostly(objects(names(), mostly(values()), 4)))),
            maybe(rarely(member("more", strings()))))
        .as((a, b, c, d, e, f) -> object(a, b, c, d, e, f));
  }

  private static Arbitrary<String> variables() {
    return Combinators.combine(
            maybe(rarely(member("encoding", mostly(Arbitraries.just("\"private:sha256\""))))),
            member("value", mostly(strings())),
            maybe(rarely(member("description", strings()))),
            maybe(rarely(member("more", strings()))))
        .as((a, b, c, d) -> object(a, b, c, d));
  }

  private static Arbitrary<String> privates() {
    Arbitrary<String> secrets =
        Combinators.combine(
                member("nonce", mostly(strings())),
                member("value", mostly(strings())),
                maybe(rarely(member("more", strings()))))
            .as((a, b, c) -> object(a, b, c));
    return maybe(member("vars", mostly(objects(names(), mostly(secrets), 4))))
        .map(JsonArbitraries::object);
  }

  private static Arbitrary<String> names() {
    return Arbitraries.of(
        "\"A\"", "\"B\"", "\"C\"", "\"1\"", "\"0\"", "\"CODIUS_X\"", "\"é'\\\"\"");
  }

  private static Arbitrary<String> values() {
    return Arbitraries.oneOf(
        Arbitraries.of("\"$A\"", "\"$B\"", "\"$C\"", "\"$1\"", "\"$\"", "\"$$A\"", "\"\"", "\"x\""),
        strings());
  }

  private static Arbitrary<String> ports() {
    return Arbitraries.of("\"80\"", "\" 8080\"", "\"0\"", "\"\"", "\"x\"", "\"99999\"", "\"08x0\"");
  }

  private static Arbitrary<String> mostly(Arbitrary<String> right) {
    return Arbitraries.frequencyOf(
        Tuple.of(30, right), Tuple.of(1, Arbitraries.of("null", "1", "\"s\"", "[]", "{}", "true")));
  }

  private static Arbitrary<String> rarely(Arbitrary<String> member) {
    return Arbitraries.frequencyOf(Tuple.of(1, member), Tuple.of(4, Arbitraries.just("")));
  }

  private static Arbitrary<String> maybe(Arbitrary<String> member) {
    return Arbitraries.frequencyOf(Tuple.of(5, member), Tuple.of(1, Arbitraries.just("")));
  }

  private static Arbitrary<String> member(String name, Arbitrary<String> values) {
    return values.map(value -> '"' + name + "\":" + value);
  }

  private static Arbitrary<String> array(Arbitrary<String> elements) {
    return elements.list().ofMaxSize(3).map(list -> "[" + String.join(",", list) + "]");
  }

  private static String object(String... members) {
    List<String> present = new ArrayList<>(List.of(members));
    present.removeIf(String::isEmpty);
    return "{" + String.join(",", present) + "}";
  }
}
