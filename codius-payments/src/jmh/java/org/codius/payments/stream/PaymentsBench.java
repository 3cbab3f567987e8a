package org.codius.payments.stream;

import com.sun.net.httpserver.HttpServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.codius.examples.PaidEndpoint;
import org.codius.payments.AccountBooks;
import org.codius.payments.Amount;
import org.codius.payments.Invoice;
import org.codius.payments.NodeProgram;
import org.codius.payments.PayToken;
import org.codius.payments.PaymentSender.OutgoingPayment;
import org.codius.payments.Uplink;
import org.codius.payments.btp.BtpUplink;
import org.codius.payments.btp.BtpUplinkConfig;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.codius.payments.ledger.SqlLedger;
import org.interledger.core.InterledgerFulfillPacket;

/**
 * What being paid costs: CPU per packet in the receiving process, ours with its ledger beside npm's
 * without one; whole paid requests through the embedded connector; and the host's share of those of
 * the original's client. The one argument is where the npm programs are.
 */
final class PaymentsBench {

  /** The flags of {@code bin/codiusd}. */
  private static final List<String> SHIPPED =
      List.of(
          "-XX:+UseSerialGC", "-Xms16m", "-Xmx256m", "-Dio.netty.leakDetection.level=disabled");

  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final long PRICE = 1_000_000;
  private static final int IN_FLIGHT = 64;
  private static final Duration WARM_UP = Duration.ofSeconds(60); // the compiler takes most of it
  private static final int PACKETS = 100_000;

  private PaymentsBench() {}

  public static void main(String[] arguments) throws Exception {
    System.setProperty("codius.npm", arguments[0]);
    System.setProperty("sun.net.httpserver.nodelay", "true"); // else it waits for TCP's delayed ACK
    Path folder = Files.createTempDirectory("codius-bench");
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    try {
      packets(folder, group);
      requests(folder, group);
      fetches(folder, group);
    } finally {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
      try (var files = Files.list(folder)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }

  /** The same load, from here, on each receiver in turn. */
  private static void packets(Path folder, EventLoopGroup group) throws Exception {
    try (Connector connector =
        Connector.start(
            ConnectorConfig.playMoney(ANY_PORT, "bench"),
            AccountBooks.inMemory(),
            group)) {
      String uri = "btp+ws://:%s@localhost:" + connector.localAddress().getPort();
      double ours;
      try (HostProcess host =
          HostProcess.start(
              folder.resolve("packets.db"), uri.formatted("ours"), 0, SHIPPED)) {
        RawPayer payer = new RawPayer(connector.host(), host.invoice());
        payer.open().toCompletableFuture().join();
        host.tell("take");
        ours = cost("codius-payments, durable ledger", payer, host.pid());
      }
      try (NodeProgram server =
          NodeProgram.start(
              StreamIT.class, "stream-server.js", uri.formatted("npm"), "1000000000000000")) {
        Invoice invoice = Invoice.parse(server.answer().get("pay").asText()).orElseThrow();
        RawPayer payer = new RawPayer(connector.host(), invoice);
        payer.open().toCompletableFuture().join();
        double theirs = cost("npm ilp-protocol-stream, no ledger", payer, server.pid());
        System.out.printf("ratio: %.1f%n", theirs / ours);
      }
    }
  }

  /** Returns the receiving process's CPU time per packet, in µs. */
  private static double cost(String what, RawPayer payer, long pid)
      throws Exception {
    for (Instant start = Instant.now(); Instant.now().isBefore(start.plus(WARM_UP)); ) {
      pay(payer, 1_000);
    }
    double before = processorSeconds(pid);
    long started = System.nanoTime();
    pay(payer, PACKETS);
    double seconds = (System.nanoTime() - started) / 1e9;
    double micros = (processorSeconds(pid) - before) * 1e6 / PACKETS;
    System.out.printf(
        "%-36s %8.1f us CPU per packet, %6.0f packets/s%n", what, micros, PACKETS / seconds);
    return micros;
  }

  private static void pay(RawPayer payer, int packets) throws InterruptedException {
    Semaphore room = new Semaphore(IN_FLIGHT);
    AtomicInteger fulfilled = new AtomicInteger();
    while (fulfilled.get() < packets) {
      room.acquire();
      payer
          .pay(1)
          .thenAccept(
              answer -> {
                if (answer instanceof InterledgerFulfillPacket) {
                  fulfilled.incrementAndGet();
                }
                room.release();
              });
    }
    room.acquire(IN_FLIGHT);
  }

  /** Returns the user and system time a process has used. */
  private static double processorSeconds(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0; // of the kernel's ticks
  }

  /** 402, STREAM, 200: one client, then many. */
  private static void requests(Path folder, EventLoopGroup group) throws Exception {
    SecureRandom random = new SecureRandom();
    ExecutorService workers = Executors.newFixedThreadPool(4);
    ExecutorService shop = Executors.newFixedThreadPool(64);
    try (SqlLedger ledger =
            SqlLedger.open(
                CrashingHost.databaseAt(folder.resolve("requests.db")),
                ConnectorConfig.DEFAULT_ASSET,
                InstantSource.system());
        Connector connector =
            Connector.start(ConnectorConfig.playMoney(ANY_PORT, "bench"), ledger, group);
        StreamReceiver receiver =
            StreamReceiver.start(
                connector.host(),
                ledger,
                new byte[32],
                workers,
                group,
                InstantSource.system(),
                random)) {
      HttpServer server = new PaidEndpoint(receiver, ledger).serve(ANY_PORT, shop);
      try {
        URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        String btp = "btp+ws://:%s@localhost:" + connector.localAddress().getPort();
        clients(64, 20_000, url, btp, group, random); // warm-up
        print(1, clients(1, 1_000, url, btp, group, random));
        print(64, clients(64, 10_000, url, btp, group, random));
      } finally {
        server.stop(0);
      }
    } finally {
      workers.shutdownNow();
      shop.shutdownNow();
    }
  }

  /** A host of its own, and npm ilp-fetch, which buys one after the other. */
  private static void fetches(Path folder, EventLoopGroup group) throws Exception {
    int purchases = 500;
    try (ShopProcess shop = ShopProcess.start(folder.resolve("shop.db"), SHIPPED)) {
      clients(64, 40_000, shop.url(), shop.btp(), group, new SecureRandom()); // warm-up
      double before = processorSeconds(shop.pid());
      try (NodeProgram fetch =
          NodeProgram.start(
              StreamIT.class,
              "ilp-fetch.js",
              shop.btp().formatted("node"),
              shop.url(),
              PayToken.random(new SecureRandom()).hex(),
              2 * PRICE,
              purchases)) {
        for (int i = 0; i < purchases; i++) {
          String answer = fetch.answer().toString();
          if (!answer.contains("\"status\":200")) {
            throw new IllegalStateException(answer);
          }
        }
      }
      System.out.printf(
          "npm ilp-fetch: %.2f ms CPU of the host for each of %d paid requests%n",
          (processorSeconds(shop.pid()) - before) * 1e3 / purchases, purchases);
    }
  }

  private record Run(double seconds, long[] nanos) {}

  private static void print(int clients, Run run) {
    System.out.printf(
        "paid requests, %2d clients: %6.0f/s, p50 %6.2f ms, p99 %6.2f ms%n",
        clients,
        run.nanos().length / run.seconds(),
        run.nanos()[run.nanos().length / 2] / 1e6,
        run.nanos()[run.nanos().length * 99 / 100] / 1e6);
  }

  private static Run clients(
      int clients, int requests, URI url, String btp, EventLoopGroup group, SecureRandom random)
      throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(clients);
    HttpClient http = HttpClient.newHttpClient();
    List<Callable<long[]>> tasks = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      Uplink uplink =
          BtpUplink.connect(BtpUplinkConfig.of(URI.create(btp.formatted("client" + i))), group)
              .toCompletableFuture()
              .join();
      tasks.add(() -> buy(requests / clients, url, uplink, group, http, random));
    }
    long started = System.nanoTime();
    List<long[]> all = new ArrayList<>();
    for (Future<long[]> done : threads.invokeAll(tasks)) {
      all.add(done.get());
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    threads.shutdown();
    return new Run(seconds, all.stream().flatMapToLong(Arrays::stream).sorted().toArray());
  }

  private static long[] buy(
      int requests, URI url, Uplink uplink, EventLoopGroup group, HttpClient http, SecureRandom random)
      throws Exception {
    long[] nanos = new long[requests];
    try (uplink;
        StreamSender sender = StreamSender.create(uplink, group)) {
      for (int i = 0; i < requests; i++) {
        long started = System.nanoTime();
        HttpRequest request =
            HttpRequest.newBuilder(url)
                .header("Pay-Token", PayToken.random(random).toHeader())
                .build();
        HttpResponse<String> required = http.send(request, BodyHandlers.ofString());
        Invoice invoice =
            Invoice.parse(required.headers().firstValue("Pay").orElseThrow()).orElseThrow();
        OutgoingPayment payment =
            sender.open(invoice, Amount.of(2 * PRICE, sender.asset())).toCompletableFuture().join();
        payment.ready().toCompletableFuture().join();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        nanos[i] = System.nanoTime() - started;
        if (answer.statusCode() != 200) {
          throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
        payment.close();
      }
    }
    return nanos;
  }
}
