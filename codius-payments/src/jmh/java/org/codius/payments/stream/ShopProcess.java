package org.codius.payments.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Splitter;
import com.sun.net.httpserver.HttpServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.codius.examples.PaidEndpoint;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.codius.payments.ledger.SqlLedger;

/** The example {@code docs/examples/paid-endpoint} with a connector and a ledger, in a process. */
record ShopProcess(Process process, URI url, String btp) implements AutoCloseable {

  /** Prints the two ports and serves until it is killed. The one argument is the ledger's file. */
  public static void main(String[] arguments) throws IOException {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    SqlLedger ledger =
        SqlLedger.open(
            CrashingHost.databaseAt(Path.of(arguments[0])),
            ConnectorConfig.DEFAULT_ASSET,
            InstantSource.system());
    Connector connector =
        Connector.start(ConnectorConfig.playMoney(anyPort, "bench"), ledger, group);
    StreamReceiver receiver =
        StreamReceiver.start(
            connector.host(),
            ledger,
            new byte[32],
            Executors.newFixedThreadPool(2),
            group,
            InstantSource.system(),
            new SecureRandom());
    HttpServer server =
        new PaidEndpoint(receiver, ledger).serve(anyPort, Executors.newFixedThreadPool(64));
    System.out.println(server.getAddress().getPort() + " " + connector.localAddress().getPort());
  }

  /** Starts it. Its {@link #btp} has a place for the account's secret. */
  static ShopProcess start(Path ledger, List<String> options) throws IOException {
    List<String> flags = new ArrayList<>(options);
    flags.add("-Dsun.net.httpserver.nodelay=true");
    List<String> command = HostProcess.java(flags);
    command.addAll(List.of(ShopProcess.class.getName(), ledger.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String line =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
    if (line == null) {
      throw new IOException("the shop did not start");
    }
    List<String> ports = Splitter.on(' ').splitToList(line);
    return new ShopProcess(
        process,
        URI.create("http://127.0.0.1:" + ports.get(0) + "/"),
        "btp+ws://:%s@localhost:" + ports.get(1));
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
