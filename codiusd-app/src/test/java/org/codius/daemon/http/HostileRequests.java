package org.codius.daemon.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Requests that mean harm, by what they try. */
final class HostileRequests {

  private static final long SEED = 20261124;
  private static final String DEEP = "[".repeat(200_000);
  private static final String LONG = "a".repeat(200_000);
  private static final String TOKEN = "AAAAAAAAAAAAAAAAAAAAAA";

  private final String good;
  private final String hash;

  private HostileRequests(String good, String hash) {
    this.good = good;
    this.hash = hash;
  }

  /** A request, and what it tries. */
  record Attack(String name, String request) {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * Returns them all.
   *
   * @param good an upload with nothing wrong
   * @param hash the manifest hash of a pod that somebody else has bought
   */
  static List<Attack> all(String good, String hash) {
    return new HostileRequests(good, hash).attacks();
  }

  private List<Attack> attacks() {
    List<Attack> attacks = new ArrayList<>();
    wrongTypes(attacks);
    brokenJson(attacks);
    fuzzed(attacks);
    queries(attacks);
    paths(attacks);
    headers(attacks);
    images(attacks);
    gossip(attacks);
    methods(attacks);
    attacks.addAll(HostileFraming.all());
    return attacks;
  }

  /** Every part of an upload as every type it is not. */
  private void wrongTypes(List<Attack> attacks) {
    for (String part : List.of("name", "version", "machine", "port", "containers")) {
      for (String value : List.of("null", "[]", "{}", "-1e999", "1e400", "[[[[]]]]")) {
        String body =
            "{\"manifest\":{\"name\":\"x\",\"version\":\"1\",\"machine\":\"small\",\"port\":\"80\","
                + "\"containers\":[{\"id\":\"a\",\"image\":\"nginx@sha256:"
                + "0".repeat(64)
                + "\"}],\""
                + part
                + "\":"
                + value
                + "}}";
        attacks.add(post("a " + part + " that is " + value, body));
      }
    }
    for (String body : List.of("null", "0", "\"\"", "[]", "true", "{\"manifest\":[]}")) {
      attacks.add(post("an upload that is " + body, body));
    }
    attacks.add(post("private values that are a list", good.replace("}]}", "}]},\"private\":[1]")));
    attacks.add(post("__proto__", "{\"__proto__\":{\"manifest\":1},\"manifest\":{}}"));
    attacks.add(post("constructor", "{\"constructor\":{\"prototype\":1}}"));
  }

  private static void brokenJson(List<Attack> attacks) {
    attacks.add(post("200,000 brackets", DEEP));
    attacks.add(post("200,000 brackets in a manifest", "{\"manifest\":" + DEEP));
    attacks.add(post("objects in objects", "{\"a\":".repeat(100_000)));
    attacks.add(post("a very long name", "{\"manifest\":{\"name\":\"" + LONG + "\"}}"));
    attacks.add(
        post("a very long number", "{\"manifest\":{\"name\":" + "9".repeat(100_000) + "}}"));
    attacks.add(post("a very long key", "{\"" + LONG + "\":1}"));
    attacks.add(post("NaN", "{\"manifest\":NaN}"));
    attacks.add(post("a comment", "{/* */\"manifest\":{}}"));
    attacks.add(post("two documents", "{}{}"));
    attacks.add(post("half a surrogate pair", "{\"manifest\":{\"name\":\"\\ud800\"}}"));
    attacks.add(post("a null character", "{\"manifest\":{\"name\":\"\u0000\"}}"));
    attacks.add(post("a byte order mark twice", "\ufeff\ufeff{}"));
    attacks.add(post("XML", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>"));
    attacks.add(post("thousands of containers", containers(5000)));
  }

  /** A good upload with some of its characters turned into others. The same ones every time. */
  private void fuzzed(List<Attack> attacks) {
    Random random = new Random(SEED);
    String upload = good;
    int structure = upload.indexOf("\"containers\"");
    for (int i = 0; i < 30; i++) {
      StringBuilder body = new StringBuilder(upload);
      for (int j = 0; j < 8; j++) {
        int at = j == 0 ? structure + random.nextInt(12) : random.nextInt(body.length());
        body.setCharAt(at, (char) random.nextInt(32, 127));
      }
      attacks.add(post("fuzz " + i, body.toString()));
    }
  }

  private void queries(List<Attack> attacks) {
    for (String duration :
        List.of(
            "-1", "0", "1.5", "1e3", "NaN", "", "0x10", "99999999999999999999", "%00", "1%201")) {
      attacks.add(post("a duration of " + duration, "/pods?duration=" + duration, good));
    }
    for (String query :
        List.of(
            "duration=1&duration=2",
            "duration=1&%64uration=1",
            "duration=%EF%BC%91",
            "duration=%D9%A3",
            "duration=1%00",
            "duration=+1",
            "duration=" + "1".repeat(5000),
            "dryRun=true&dryRun=false",
            "dryRun=TRUE",
            "dryRun=%74rue%20")) {
      attacks.add(post("an upload with " + query, "/pods?" + query, good));
      attacks.add(
          bare("more time with " + query, "PUT", "/pods?manifestHash=" + hash + "x&" + query, ""));
    }
    for (String query :
        List.of("manifestHash=%s&manifestHash=%s".formatted(hash, hash), "manifesthash=" + hash)) {
      attacks.add(bare("a pod by " + query, "GET", "/pods?" + query, ""));
      attacks.add(bare("the end of a pod by " + query, "DELETE", "/pods?" + query, bearer()));
    }
    for (String limit :
        List.of("0", "01", "1e1", "1.0", "%D9%A3", "1&limit=2", "1001", "", "1%00")) {
      attacks.add(bare("a limit of " + limit, "GET", "/peers?limit=" + limit, ""));
    }
    attacks.add(bare("peers by another name", "GET", "/peers?limits=1", ""));
    attacks.add(post("a dry run that is perhaps one", "/pods?dryRun=1", good));
    for (String name : List.of("", "..", "%2e%2e%2f", "'%20or%201=1--", "a".repeat(52), "%ff%fe")) {
      attacks.add(bare("a pod called " + name, "GET", "/pods?manifestHash=" + name, ""));
      attacks.add(
          bare(
              "the end of a pod called " + name, "DELETE", "/pods?manifestHash=" + name, bearer()));
    }
    attacks.add(
        bare("the end of a pod by a stranger", "DELETE", "/pods?manifestHash=" + hash, bearer()));
    attacks.add(bare("a stranger's look at the log", "GET", "/pods/" + hash + "/logs", bearer()));
    attacks.add(bare("a stranger's receipt", "GET", "/pods/" + hash + "/receipt", bearer()));
    attacks.add(bare("a limit of -1", "GET", "/peers?limit=-1", ""));
    attacks.add(bare("a huge limit", "GET", "/peers?limit=9999999999", ""));
    attacks.add(bare("half an escape", "GET", "/pods?manifestHash=%", ""));
  }

  private static void paths(List<Attack> attacks) {
    for (String name :
        List.of("..%2f..%2fetc%2fpasswd", "%00", "a".repeat(4000), "*", "%252e%252e")) {
      attacks.add(bare("the log of " + shortened(name), "GET", "/pods/" + name + "/logs", ""));
      attacks.add(
          bare("the receipt of " + shortened(name), "GET", "/pods/" + name + "/receipt", bearer()));
    }
    for (String method : List.of("TRACE", "CONNECT", "PATCH", "PROPFIND", "FOO", "DELETE")) {
      attacks.add(bare(method, method, "/peers/discover", ""));
    }
    attacks.add(bare("a target that is too long", "GET", "/" + "a".repeat(9000), ""));
  }

  private void headers(List<Attack> attacks) {
    attacks.add(raw("no host", "GET /version HTTP/1.1\r\nConnection: close\r\n\r\n"));
    attacks.add(bare("two hosts", "GET", "/version", "Host: other.example\r\n"));
    attacks.add(bare("a null character", "GET", "/version", "X: a\u0000b\r\n"));
    attacks.add(bare("a name with a space", "GET", "/version", "X Y: 1\r\n"));
    attacks.add(bare("a folded line", "GET", "/version", "X: 1\r\n 2\r\n"));
    attacks.add(
        bare("too much of a field", "GET", "/version", "X: " + "a".repeat(20_000) + "\r\n"));
    attacks.add(bare("too many fields", "GET", "/version", "X: 1\r\n".repeat(200)));
    attacks.add(
        bare(
            "a length and chunks",
            "POST",
            "/pods",
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"));
    attacks.add(bare("two lengths", "POST", "/pods", "Content-Length: 5\r\nContent-Length: 6\r\n"));
    attacks.add(bare("a negative length", "POST", "/pods", "Content-Length: -1\r\n"));
    attacks.add(bare("a length of words", "POST", "/pods", "Content-Length: many\r\n"));
    attacks.add(
        bare("a length beyond all", "POST", "/pods", "Content-Length: 9223372036854775807\r\n"));
    attacks.add(
        bare(
            "a hundred pay tokens",
            "PUT",
            "/pods?manifestHash=" + hash,
            "Pay-Token: " + "A".repeat(2000) + "\r\n"));
    attacks.add(
        bare(
            "a pay token of signs",
            "PUT",
            "/pods?manifestHash=" + hash,
            "Pay-Token: ../../../..\r\n"));
    attacks.add(bare("an expectation", "POST", "/pods", "Expect: the-unexpected\r\n"));
    attacks.add(raw("a body above 1 MiB", request("POST", "/pods", "", " ".repeat(1_048_577))));
    attacks.add(
        raw(
            "a form",
            request(
                "POST", "/pods", "Content-Type: application/x-www-form-urlencoded\r\n", "a=b")));
  }

  /** What is only read, by methods that write. */
  private void methods(List<Attack> attacks) {
    for (String path :
        List.of(
            "/",
            "/version",
            "/info",
            "/memory",
            "/peers",
            "/openapi.json",
            "/pods/" + hash,
            "/pods/" + hash + "/logs",
            "/pods/" + hash + "/receipt",
            "/pods/",
            "//pods",
            "/pods;duration=1",
            "/PODS")) {
      for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
        attacks.add(bare(method + " " + path, method, path, bearer()));
      }
    }
    for (String credentials :
        List.of(
            "Bearer", "Bearer  ", "Basic YTpi", "Bearer a b", "bearer " + hash, "Bearer null")) {
      String field = "Authorization: " + credentials + "\r\n";
      attacks.add(bare("an end by " + credentials, "DELETE", "/pods?manifestHash=" + hash, field));
      attacks.add(bare("a log by " + credentials, "GET", "/pods/" + hash + "/logs", field));
    }
  }

  /** Images in places that only the host can reach, or on nobody's registry. */
  private void images(List<Attack> attacks) {
    for (String image :
        List.of(
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
            "169.254.169.254/a",
            "localhost:5000/../../etc/passwd@sha256:" + "0".repeat(64),
            "user:password@registry/a@sha256:" + "0".repeat(64),
            "a@sha256:zz",
            "a b@sha256:" + "0".repeat(64),
            "nginx@md5:" + "0".repeat(32))) {
      attacks.add(post("the image " + image, good.replaceAll("nginx@sha256:0{64}", image)));
    }
  }

  private static void gossip(List<Attack> attacks) {
    for (String body :
        List.of(
            "{\"peers\":{}}",
            "{\"peers\":[null]}",
            "{\"peers\":[[]]}",
            "{\"peers\":[],\"limit\":1e9}",
            DEEP)) {
      attacks.add(raw("gossip " + shortened(body), request("POST", "/peers/discover", "", body)));
    }
  }

  private static String containers(int count) {
    String one = "{\"id\":\"a\",\"image\":\"nginx@sha256:" + "0".repeat(64) + "\"}";
    return "{\"manifest\":{\"name\":\"x\",\"version\":\"1\",\"machine\":\"small\",\"containers\":["
        + (one + ",").repeat(count)
        + one
        + "]}}";
  }

  private static String bearer() {
    return "Authorization: Bearer " + "A".repeat(43) + "\r\n";
  }

  private static Attack post(String name, String body) {
    return post(name, "/pods", body);
  }

  private static Attack post(String name, String target, String body) {
    return new Attack(
        shortened(name), request("POST", target, "Pay-Token: " + TOKEN + "\r\n", body));
  }

  private static Attack bare(String name, String method, String target, String headers) {
    return new Attack(shortened(name), request(method, target, headers, ""));
  }

  private static Attack raw(String name, String request) {
    return new Attack(name, request);
  }

  private static String request(String method, String target, String headers, String body) {
    return method
        + " "
        + target
        + " HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n"
        + headers
        + (body.isEmpty() ? "" : "Content-Length: " + body.getBytes(UTF_8).length + "\r\n")
        + "\r\n"
        + body;
  }

  private static String shortened(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
