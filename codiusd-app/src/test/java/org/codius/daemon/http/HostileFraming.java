package org.codius.daemon.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.codius.daemon.http.HostileRequests.Attack;

/** Requests that mean harm by how they are sent: their line, their fields, and where they end. */
final class HostileFraming {

  private static final String HEAD = " HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n";

  private HostileFraming() {}

  static List<Attack> all() {
    List<Attack> attacks = new ArrayList<>();
    lines(attacks);
    hosts(attacks);
    lengths(attacks);
    chunks(attacks);
    fields(attacks);
    return attacks;
  }

  private static void lines(List<Attack> attacks) {
    Map<String, String> lines = new TreeMap<>();
    lines.put("two spaces in its line", "GET  /version");
    lines.put("a tab in its line", "GET\t/version");
    lines.put("a method in small letters", "post /pods");
    lines.put("a method of signs", "G@T /version");
    lines.put("a method that is very long", "G".repeat(5000) + " /version");
    lines.put("no target", "GET ");
    lines.put("a target without a slash", "GET version");
    lines.put("a target of dots", "POST ..");
    lines.put("a null character in its target", "GET /ver\u0000sion");
    lines.put("a target with a fragment", "POST /pods#x");
    lines.put("a target in Chinese", "POST /\u4e2d\u6587");
    lines.put("a target of another scheme", "POST file:///etc/passwd");
    lines.put("a target on another host", "POST http://169.254.169.254/pods");
    lines.put("a target with a password", "POST http://user:password@localhost:3000/pods");
    lines.put("an asterisk", "OPTIONS *");
    lines.put("an asterisk that is no OPTIONS", "POST *");
    lines.put("a tunnel", "CONNECT 169.254.169.254:80");
    lines.forEach((name, line) -> attacks.add(new Attack(name, line + HEAD + "\r\n")));
    attacks.add(
        new Attack("line feeds alone", "POST /pods HTTP/1.1\nHost: localhost:3000\nX: 1\n\n"));
    attacks.add(new Attack("no version", "POST /pods\r\nHost: localhost:3000\r\n\r\n"));
    attacks.add(new Attack("a version of words", "POST /pods HTTP/one\r\nHost: localhost\r\n\r\n"));
  }

  private static void hosts(List<Attack> attacks) {
    for (String host :
        List.of(
            "user@localhost",
            "localhost:99999",
            "localhost:-1",
            "localhost/pods",
            "a b",
            "localhost,localhost",
            "[::1",
            "%00",
            "localhost\\@evil.example",
            "\u4e2d")) {
      attacks.add(
          new Attack(
              "the host " + host,
              "POST /pods HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n"));
    }
  }

  private static void lengths(List<Attack> attacks) {
    for (String length : List.of("+2", "2, 3", "0x2", "2 2", "2;", "9".repeat(30), "-0", "1e1")) {
      attacks.add(posted("a length of " + length, "Content-Length: " + length + "\r\n", "{}"));
    }
    attacks.add(
        posted(
            "a body that is announced and too large",
            "Expect: 100-continue\r\nContent-Length: 5000000\r\n",
            ""));
    attacks.add(
        posted(
            "chunks that are announced by the first HTTP",
            "Transfer-Encoding: chunked\r\n",
            "2\r\n{}\r\n0\r\n\r\n",
            "1.0"));
  }

  private static void chunks(List<Attack> attacks) {
    Map<String, String> bodies = new TreeMap<>();
    bodies.put("a chunk of no size", "\r\n{}\r\n0\r\n\r\n");
    bodies.put("a chunk of a size that is no number", "zz\r\n{}\r\n0\r\n\r\n");
    bodies.put("a chunk of a negative size", "-2\r\n{}\r\n0\r\n\r\n");
    bodies.put("a chunk of a size beyond all", "fffffffffffffffff\r\n{}\r\n0\r\n\r\n");
    bodies.put("a chunk that is longer than it says", "1\r\n{}\r\n0\r\n\r\n");
    bodies.put("a chunk with a long remark", "2;" + "a".repeat(20_000) + "\r\n{}\r\n0\r\n\r\n");
    bodies.put("chunks with large trailers", "0\r\nX: " + "a".repeat(20_000) + "\r\n\r\n");
    bodies.put("chunks that are too many bytes", "200000\r\n" + " ".repeat(0x200000));
    bodies.put("chunks that are no JSON", "2\r\n{[\r\n0\r\n\r\n");
    bodies.forEach(
        (name, body) -> attacks.add(posted(name, "Transfer-Encoding: chunked\r\n", body)));
    for (String coding : List.of("gzip, chunked", "chunked, chunked", "xchunked", "identity")) {
      attacks.add(
          posted(
              "the transfer coding " + coding,
              "Transfer-Encoding: " + coding + "\r\n",
              "2\r\n{}\r\n0\r\n\r\n"));
    }
  }

  private static void fields(List<Attack> attacks) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("a field without a name", ": 1");
    fields.put("a space before a colon", "Content-Type : application/json");
    fields.put("a field without a colon", "Content-Type");
    fields.put("a carriage return in a field", "X: 1\r2");
    fields.put("a field in Chinese", "\u4e2d: 1");
    fields.put("a body that is said to be gzip", "Content-Encoding: gzip");
    fields.put("a body that is said to be text", "Content-Type: text/plain");
    fields.put("a body that is said to be in parts", "Content-Type: multipart/form-data");
    fields.put("a body that is said to be nothing", "Content-Type:");
    fields.put("a method in a field", "X-HTTP-Method-Override: DELETE");
    fields.put("an address in a field", "X-Forwarded-For: 127.0.0.1");
    fields.put("a field of 8,000 commas", "Accept: " + ",".repeat(8000));
    fields.forEach(
        (name, field) -> attacks.add(posted(name, field + "\r\nContent-Length: 1\r\n", "{")));
  }

  private static Attack posted(String name, String fields, String body) {
    return posted(name, fields, body, "1.1");
  }

  private static Attack posted(String name, String fields, String body, String version) {
    return new Attack(
        name,
        "POST /pods HTTP/"
            + version
            + "\r\nHost: localhost:3000\r\nConnection: close\r\n"
            + fields
            + "\r\n"
            + body);
  }
}
