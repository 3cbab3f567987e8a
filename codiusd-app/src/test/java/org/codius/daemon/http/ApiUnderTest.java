package org.codius.daemon.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.codius.daemon.FrontDoor;
import org.codius.daemon.lease.LeaseHarness;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.peers.PeerUri;
import org.codius.daemon.peers.Peers;
import org.codius.daemon.peers.PeersConfig;
import org.codius.daemon.receipt.HostKey;
import org.codius.daemon.selftest.SelfTestStatus;
import org.codius.hyper.RuntimeInfo;
import org.codius.proxy.PodProxy;
import org.codius.proxy.Timeouts;

/** The API behind the real front door, before a fake runtime; asked in raw bytes. */
final class ApiUnderTest implements AutoCloseable {

  /** What came back, up to the end of the connection. */
  record Answer(int status, String head, String body) {}

  private static final Pattern REQUEST_LINE = Pattern.compile("^([A-Z]+) ([^ ?]+)");
  private static final HostKey KEY = HostKey.of(new byte[32]);
  private static final OpenApi OPEN_API = OpenApi.read();

  /** A request that a pod answers. */
  private static final Pattern POD = Pattern.compile("(?i)\r\nHost: [a-z2-7]{52}[.\r]");

  private static final int PATIENCE_MS = 20_000;

  private final ExecutorService workers = Executors.newFixedThreadPool(4);
  private final AtomicBoolean isHealthy = new AtomicBoolean(true);
  private final AtomicReference<SelfTestStatus> selfTest =
      new AtomicReference<>(SelfTestStatus.OFF);
  private final LeaseHarness host;
  private final HttpApi api;
  private final PodProxy proxy;
  private final Queue<RefusedException.Reason> refused = new ConcurrentLinkedQueue<>();

  private ApiUnderTest(LeaseHarness host, ApiConfig config) {
    this.host = host;
    Peers peers =
        new Peers(
            new PeersConfig(
                new PeerUri(LeaseHarness.PUBLIC_URI), List.of(), address -> false, false),
            new Random(1));
    HostInfo info =
        new HostInfo(
            LeaseHarness.PUBLIC_URI,
            "0.0.0",
            LeaseHarness.XRP,
            true,
            () -> new RuntimeInfo("fake", "1", RuntimeInfo.Isolation.NAMESPACE, Set.of()),
            Instant.now(),
            isHealthy::get,
            isHealthy::get,
            selfTest::get,
            true);
    this.api =
        new HttpApi(
            config,
            host.leases(),
            host.receiver(),
            KEY,
            peers,
            info,
            workers,
            refused::add,
            InstantSource.system());
    this.proxy = front(Timeouts.DEFAULT);
  }

  /**
   * @param isLocal whether it answers programs on this machine only, as with play money
   */
  static ApiUnderTest start(Path folder, boolean isLocal) throws Exception {
    return start(
        new LeaseHarness(folder, InstantSource.system()), new ApiConfig(isLocal, false, 0));
  }

  static ApiUnderTest start(LeaseHarness host, ApiConfig config) {
    return new ApiUnderTest(host, config);
  }

  /** Opens a front door, beside the one there is, that is as patient as that. */
  PodProxy front(Timeouts timeouts) {
    return PodProxy.start(
        FrontDoor.USUAL
            .withBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .withTimeouts(timeouts),
        host.routes()::find,
        api);
  }

  /** Returns why requests were refused, in their order. */
  List<RefusedException.Reason> refused() {
    return List.copyOf(refused);
  }

  LeaseHarness host() {
    return host;
  }

  InetSocketAddress address() {
    return proxy.localAddress();
  }

  void setHealthy(boolean isHealthy) {
    this.isHealthy.set(isHealthy);
  }

  /**
   * @param headers each with its line's end
   */
  Answer call(String method, String target, String headers, String body) throws IOException {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    return send(
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n"
            + headers
            + (length > 0 ? "Content-Length: " + length + "\r\n" : "")
            + "\r\n"
            + body);
  }

  /** Sends a request that asks for the connection to be closed. */
  Answer send(String request) throws IOException {
    return send(request, "");
  }

  /**
   * Sends a request.
   *
   * @param end what the answer ends with; if empty, with the connection
   */
  Answer send(String request, String end) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(proxy.localAddress());
      socket.setSoTimeout(PATIENCE_MS);
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.UTF_8));
      out.flush();
      InputStream in = socket.getInputStream();
      String answer = read(in, end);
      int headEnd = answer.indexOf("\r\n\r\n");
      return checked(
          request,
          new Answer(
              Integer.parseInt(answer.substring(9, 12)),
              answer.substring(0, headEnd),
              answer.substring(headEnd + 4)));
    }
  }

  private static String read(InputStream in, String end) throws IOException {
    if (end.isEmpty()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0; next = in.read()) {
      read.write(next);
      if (next == end.charAt(end.length() - 1)
          && read.toString(StandardCharsets.UTF_8).endsWith(end)) {
        break;
      }
    }
    return read.toString(StandardCharsets.UTF_8);
  }

  /** Every answer is as the document says, whatever else the test asks of it. */
  private static Answer checked(String request, Answer answer) {
    Matcher line = REQUEST_LINE.matcher(request);
    if (line.find() && !POD.matcher(request).find()) {
      OPEN_API.check(line.group(1), line.group(2), answer);
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    workers.shutdownNow();
    host.close();
  }
}
