package org.codius.daemon.e2e;

import com.google.common.primitives.UnsignedLong;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.codius.payments.AccountBooks;
import org.codius.payments.connector.Connector;
import org.codius.payments.connector.ConnectorConfig;
import org.interledger.connector.accounts.AccountSettings;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A connector in a process of its own, above a host and those who pay it. It lets only small
 * packets through, so that a payment takes a while. To be registered before the host.
 */
final class ParentConnector implements BeforeAllCallback, AfterAllCallback {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final long MOST_IN_A_PACKET = 1_000;

  private final int port;
  private Optional<Process> process = Optional.empty();

  ParentConnector() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError("no port is free", e);
    }
  }

  /** Runs one until it is killed. Its argument is the port to listen on. */
  public static void main(String[] arguments) {
    InetSocketAddress listen =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
    ConnectorConfig usual = ConnectorConfig.playMoney(listen, "parent");
    ConnectorConfig config =
        usual.withChildren(
            AccountSettings.builder()
                .from(usual.children())
                .maximumPacketAmount(UnsignedLong.valueOf(MOST_IN_A_PACKET))
                .build());
    Connector.start(
        config,
        AccountBooks.inMemory(),
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()));
  }

  /** Returns the settings of a host that is paid through it. */
  Map<String, String> settings() {
    return Map.of("CODIUS_UPLINK", "btp+ws://:the-host@127.0.0.1:" + port);
  }

  /** Returns where payers connect to. */
  URI uri() {
    return URI.create("btp+ws://127.0.0.1:" + port);
  }

  void start() throws Exception {
    process =
        Optional.of(
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    ParentConnector.class.getName(),
                    Integer.toString(port))
                .inheritIO()
                .start());
    Eventually.find("a connector that listens", TIMEOUT, this::connection).close();
  }

  private Optional<Socket> connection() {
    try {
      return Optional.of(new Socket(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      return Optional.empty(); // not yet
    }
  }

  /** Ends it as a power cut would. */
  void kill() {
    process.ifPresent(running -> running.destroyForcibly().onExit().join());
    process = Optional.empty();
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    kill();
  }
}
