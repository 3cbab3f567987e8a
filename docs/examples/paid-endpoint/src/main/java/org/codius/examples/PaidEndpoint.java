package org.codius.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.codius.payments.Amount;
import org.codius.payments.Ledger;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentReceiver;
import org.codius.payments.PaymentResult.Paid;
import org.codius.payments.PaymentState.Missing;

/** Tells the time, for a thousandth of a unit of play money. */
public record PaidEndpoint(PaymentReceiver receiver, Ledger ledger) {

  /** Serves at {@code address}, as many at a time as {@code threads} has. */
  public HttpServer serve(InetSocketAddress address, Executor threads) throws IOException {
    HttpServer server = HttpServer.create(address, 0);
    server.createContext("/", this::sell);
    server.setExecutor(threads);
    server.start();
    return server;
  }

  private void sell(HttpExchange exchange) throws IOException {
    Amount price = Amount.of(1_000_000, receiver.asset());
    String item = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    String header = exchange.getRequestHeaders().getFirst("Pay-Token");
    Optional<PayToken> token = Optional.ofNullable(header).flatMap(PayToken::parse);
    if (token.isEmpty()) {
      answer(exchange, 400, "Pay-Token: 16 random bytes in base64, please");
    } else if (receiver.look(token.get(), item, price) instanceof Missing missing) {
      exchange.getResponseHeaders().add("Pay", missing.invoice().toHeader());
      answer(exchange, 402, "pay " + price + ", then ask again");
    } else if (receiver.receive(token.get(), item, price, Duration.ofSeconds(30))
        .toCompletableFuture().join() instanceof Paid) {
      ledger.settle(token.get(), token.get().hex(), price).toCompletableFuture().join();
      answer(exchange, 200, Instant.now().toString());
    } else {
      answer(exchange, 402, "not paid; what came is kept under your Pay-Token");
    }
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
