package org.codius.daemon.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.codius.manifest.ManifestHash;
import org.codius.manifest.ManifestParser;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver.IncomingPayment;
import org.codius.payments.PaymentResult;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.codius.payments.ledger.SqlLedger;
import org.codius.payments.stream.StreamReceiver;
import org.sqlite.SQLiteDataSource;

/**
 * A host that sells the Pay-Token way and runs nothing: real connector, STREAM receiver and ledger,
 * and as much HTTP as a buyer needs. One token buys once.
 */
final class TinyHost implements AutoCloseable {

  static final String EXPIRY = "2099-01-01T00:00:00.000Z";
  private static final Duration PAYMENT_TIMEOUT = Duration.ofSeconds(3);

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService workers = Executors.newFixedThreadPool(8);
  private final Connector connector;
  private final Ledger ledger;
  private final StreamReceiver receiver;
  private final HttpServer http;
  private final Map<PayToken, String> sold = new ConcurrentHashMap<>();
  private final List<PayToken> tokens = new CopyOnWriteArrayList<>();

  private final long price = 1_141_553;

  private volatile boolean isOptionsPaid;
  private volatile Consumer<PayToken> onRequest = token -> {};
  private volatile Optional<String> refusal = Optional.empty();
  private volatile boolean isDumbAfterPayment;

  private TinyHost(Path folder) throws IOException {
    SQLiteDataSource database = new SQLiteDataSource();
    database.setUrl("jdbc:sqlite:" + folder.resolve("ledger.db"));
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    connector =
        Connector.start(ConnectorConfig.playMoney(any, "tiny"), AccountBooks.inMemory(), group);
    ledger = SqlLedger.open(database, connector.host().asset(), InstantSource.system());
    receiver =
        StreamReceiver.start(
            connector.host(),
            ledger,
            new byte[32],
            workers,
            group,
            InstantSource.system(),
            new SecureRandom());
    http = HttpServer.create(any, 16);
    http.createContext("/", this::handle);
    http.setExecutor(workers);
    http.start();
  }

  static TinyHost start(Path folder) throws IOException {
    return new TinyHost(folder);
  }

  URI uri() {
    return URI.create("http://localhost:" + http.getAddress().getPort());
  }

  URI uplink() {
    return URI.create("btp+ws://127.0.0.1:" + connector.localAddress().getPort());
  }

  long price() {
    return price;
  }

  /** Returns all that ever arrived here, in base units. */
  long received() {
    return ledger.summary().received().baseUnits().longValue();
  }

  /** Returns the tokens of the POST and PUT requests, in their order. */
  List<PayToken> tokens() {
    return tokens;
  }

  /** Calls {@code listener} at every request to buy, before anything else is done. */
  void onRequest(Consumer<PayToken> listener) {
    onRequest = listener;
  }

  /** Answers paid requests with this JSON and status 503 or 422, as its statusCode says. */
  void refuse(Optional<String> json) {
    refusal = json;
  }

  /** Takes the money, books the sale, and hangs up without an answer. */
  void hangUpAfterPayment(boolean isDumb) {
    isDumbAfterPayment = isDumb;
  }

  /** Wants a payment of nothing for a quote, as the original's last version does. */
  void chargeForQuotes() {
    isOptionsPaid = true;
  }

  @Override
  public void close() {
    http.stop(0);
    receiver.close();
    connector.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    workers.shutdownNow();
    ledger.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String method = exchange.getRequestMethod();
      if (path.equals("/info")) {
        answer(exchange, 200, "{\"currency\":\"XRP\",\"assetScale\":9}");
      } else if (method.equals("GET")) {
        answer(exchange, 200, Pods.request("a-pod"));
      } else if (method.equals("OPTIONS")) {
        quote(exchange);
      } else {
        sell(exchange);
      }
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private void quote(HttpExchange exchange) throws Exception {
    ManifestHash hash =
        ManifestParser.parseRequest(exchange.getRequestBody().readAllBytes()).manifest().hash();
    String quote = "{\"manifestHash\":\"" + hash.value() + "\",\"price\":\"" + price + "\"}";
    String header = exchange.getRequestHeaders().getFirst("Pay-Token");
    if (!isOptionsPaid) {
      answer(exchange, 200, quote);
    } else if (header == null) {
      answer(exchange, 400, error(400, "NO_PAY_TOKEN", "must supply `Pay-Token` header."));
    } else if (receiver.find(PayToken.parse(header).orElseThrow()).isEmpty()) {
      demand(exchange, PayToken.parse(header).orElseThrow(), "quote", 0);
    } else {
      answer(exchange, 200, quote);
    }
  }

  private void sell(HttpExchange exchange) throws Exception {
    PayToken token =
        PayToken.parse(exchange.getRequestHeaders().getFirst("Pay-Token")).orElseThrow();
    onRequest.accept(token);
    byte[] body = exchange.getRequestBody().readAllBytes();
    String query = exchange.getRequestURI().getQuery();
    String hash =
        body.length > 0
            ? ManifestParser.parseRequest(body).manifest().hash().value()
            : query.replaceAll(".*manifestHash=([a-z2-7]{52}).*", "$1");
    tokens.add(token);
    if (sold.containsKey(token)) {
      answer(exchange, 200, sold.get(token));
      return;
    }
    Optional<IncomingPayment> payment = receiver.find(token);
    if (payment.isEmpty()) {
      demand(exchange, token, hash, price);
      return;
    }
    if (refusal.isPresent()) {
      answer(
          exchange,
          Integer.parseInt(refusal.get().replaceAll("\\D*(\\d+).*", "$1")),
          refusal.get());
      return;
    }
    PaymentResult result =
        payment
            .get()
            .receive(PAYMENT_TIMEOUT)
            .toCompletableFuture()
            .get(PAYMENT_TIMEOUT.toSeconds() + 5, TimeUnit.SECONDS);
    if (!(result instanceof PaymentResult.Paid)) {
      answer(exchange, 402, error(402, "PAYMENT_TIMEOUT", "Failed to get payment before timeout"));
      return;
    }
    String pod =
        "{\"url\":\"http://%s.localhost/\",\"manifestHash\":\"%s\",\"expiry\":\"%s\"}"
            .formatted(hash, hash, EXPIRY);
    sold.put(token, pod);
    if (!isDumbAfterPayment) {
      answer(exchange, 200, pod);
    }
  }

  private void demand(HttpExchange exchange, PayToken token, String item, long amount)
      throws IOException {
    String invoice = receiver.invoice(token, item, Amount.of(amount, receiver.asset())).toHeader();
    exchange.getResponseHeaders().set("Pay", invoice);
    answer(exchange, 402, error(402, "PAYMENT_REQUIRED", "Payment Required"));
  }

  static String error(int status, String code, String message) {
    return "{\"statusCode\":%d,\"message\":\"%s\",\"code\":\"%s\",\"help\":\"Wait.\"}"
        .formatted(status, message, code);
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
