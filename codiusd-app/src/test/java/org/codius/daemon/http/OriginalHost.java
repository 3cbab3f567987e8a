package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.codius.daemon.http.ApiUnderTest.Answer;
import org.codius.daemon.lease.LeaseHarness;
import org.codius.hyper.LogLine;
import org.codius.hyper.PodId;
import org.codius.payments.Invoice;
import org.codius.payments.PaymentSender.OutgoingPayment;

/** A host as the one that was recorded: real money, though of no worth, and a stand-in runtime. */
final class OriginalHost implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern PAY = Pattern.compile("(?i)\r\npay: ([^\r]+)");
  private static final Pattern CHUNK = Pattern.compile("([0-9a-f]+)\r\n");

  /** What the recording's payer let the host take, and in one case. */
  private static final long LIMIT = 5_000_000;

  private static final Map<String, Long> OTHER_LIMITS =
      Map.of("10.097-paid-post-maxprice-too-low", 1000L);

  private final LocalMoney money = new LocalMoney();
  private final LeaseHarness host;
  private final OriginalPod pod;
  private final ApiUnderTest api;

  OriginalHost(Path folder, boolean areQuotesPaid) throws Exception {
    byte[] place = new byte[2];
    new SecureRandom().nextBytes(place);
    InetAddress address = InetAddress.getByAddress(new byte[] {127, 77, place[0], place[1]});
    pod = new OriginalPod(address);
    host = new LeaseHarness(folder, InstantSource.system(), money::receiver);
    host.driver().giveAddresses(id -> address);
    api = ApiUnderTest.start(host, new ApiConfig(false, areQuotesPaid, 0));
  }

  static List<OriginalCase> cases() throws IOException, URISyntaxException {
    Path recorded = Path.of(OriginalHost.class.getResource("original").toURI());
    try (Stream<Path> files = Files.list(recorded)) {
      return files
          .filter(file -> file.toString().endsWith(".txt"))
          .sorted()
          .map(OriginalCase::read)
          .toList();
    }
  }

  /** Does what the recording's client did, and returns the last answer. */
  Answer replay(OriginalCase original) throws Exception {
    Answer answer = api.send(original.request(), endOf(original));
    Matcher pay = PAY.matcher(answer.head());
    if (!original.isPaid() || answer.status() != 402 || !pay.find()) {
      return answer;
    }
    boolean isQuote = original.request().startsWith("OPTIONS");
    long limit = isQuote ? 0 : OTHER_LIMITS.getOrDefault(original.name(), LIMIT);
    OutgoingPayment payment = money.open(Invoice.parse(pay.group(1)).orElseThrow(), limit);
    try {
      return api.send(original.request(), "");
    } finally {
      payment.close();
    }
  }

  /** Answers that do not end with their connection. */
  private static String endOf(OriginalCase original) {
    if (original.name().contains("follow")) {
      return "a line on stderr\n\r\n";
    }
    return original.request().contains("Upgrade") && original.answer().status() != 101 ? "}" : "";
  }

  /** Lets the pod say what the recorded one said. */
  void write(String manifestHash) {
    PodId id = new PodId("test", manifestHash);
    host.driver().write(id, "app", LogLine.Stream.STDOUT, "hello from ed9459b7");
    host.driver().write(id, "app", LogLine.Stream.STDERR, "a line on stderr");
  }

  /** The same status; all of the original's fields, and more where ours says more. */
  static void assertSame(OriginalCase original, Answer answer) throws Exception {
    assertThat(answer.status()).as(answer.body()).isEqualTo(original.answer().status());
    String before = body(original.answer());
    String now = body(answer);
    boolean isJson = original.answer().head().contains("application/json");
    if (isJson && !now.isEmpty() && !before.isEmpty()) {
      assertSameFields(JSON.readTree(before), JSON.readTree(now));
    } else if (original.answer().head().contains("x-backend") || before.startsWith("a\n")) {
      assertThat(now).isEqualTo(before);
    } else if (original.answer().head().contains("raw-stream")) {
      assertThat(answer.head()).contains("application/vnd.codius.raw-stream");
      assertThat(now).isEqualTo("app stdout hello from ed9459b7\napp stderr a line on stderr\n");
    } else if (!original.request().contains("Upgrade")) {
      assertThat(now.isEmpty()).isEqualTo(before.isEmpty());
    }
    if (original.answer().status() == 402 && !original.isPaid()) {
      assertThat(answer.head()).containsPattern("(?i)\r\npay: interledger-stream \\S+ \\S{44}");
    }
  }

  /** Only an error is the same text. */
  private static void assertSameFields(JsonNode original, JsonNode ours) {
    assertThat(types(ours)).containsAllEntriesOf(types(original));
    if (original.has("statusCode")) {
      assertThat(ours.get("statusCode")).isEqualTo(original.get("statusCode"));
      assertThat(ours.get("error")).isEqualTo(original.get("error"));
    }
    if (original.has("manifestHash")) {
      assertThat(ours.get("manifestHash")).isEqualTo(original.get("manifestHash"));
    }
    if (original.has("price")) {
      assertThat(ours.get("price")).isEqualTo(original.get("price"));
    }
  }

  private static Map<String, JsonNodeType> types(JsonNode body) {
    Map<String, JsonNodeType> types = new TreeMap<>();
    body.properties().forEach(field -> types.put(field.getKey(), field.getValue().getNodeType()));
    return types;
  }

  /** The body without the marks of its chunks; of one that goes on, what has come. */
  private static String body(Answer answer) {
    if (!answer.head().toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
      return answer.body();
    }
    StringBuilder body = new StringBuilder();
    Matcher chunk = CHUNK.matcher(answer.body());
    int at = 0;
    while (chunk.find(at)) {
      int length = Integer.parseInt(chunk.group(1), 16);
      int end = Math.min(chunk.end() + length, answer.body().length());
      body.append(answer.body(), chunk.end(), end);
      at = end;
    }
    return body.toString();
  }

  @Override
  public void close() throws IOException {
    api.close();
    pod.close();
    money.close();
  }
}
