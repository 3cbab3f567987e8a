package org.codius.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A pod of which every byte is scripted, and which notes every request it gets. */
final class RawPod implements AutoCloseable {

  private final ServerSocket listener;
  private final Script script;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  private RawPod(Script script) throws IOException {
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    this.script = script;
  }

  /** Starts a pod that serves each connection by the script and then closes it. */
  static RawPod serving(Script script) throws IOException {
    RawPod pod = new RawPod(script);
    daemon(pod::accept);
    return pod;
  }

  /** Starts a pod that answers every request on a connection with these bytes. */
  static RawPod answering(String answer) throws IOException {
    return serving(
        connection -> {
          while (!connection.request().isEmpty()) {
            connection.send(answer);
          }
        });
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        connections.incrementAndGet();
        daemon(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      script.serve(new Connection(new Wire(socket)));
    } catch (IOException e) {
      // the proxy cut the connection, which some tests are about
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "raw-pod");
    thread.setDaemon(true);
    thread.start();
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listener.getLocalSocketAddress();
  }

  /** The heads of all requests so far, as they came. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** Returns when so many requests have come. */
  void awaitRequests(int count) throws InterruptedException {
    synchronized (requests) {
      while (requests.size() < count) {
        requests.wait();
      }
    }
  }

  int connections() {
    return connections.get();
  }

  @Override
  public void close() throws IOException {
    disappear();
  }

  /** Closes every connection at once, whatever the script is doing. */
  void disappear() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** What the pod does with a connection. */
  @FunctionalInterface
  interface Script {
    void serve(Connection connection) throws IOException;
  }

  /** A connection of the proxy's to the pod. */
  final class Connection {

    final Wire wire;

    private Connection(Wire wire) {
      this.wire = wire;
    }

    /** Reads the head of the next request; empty at the end of the connection. */
    String request() throws IOException {
      String head = wire.readHead();
      if (!head.isEmpty()) {
        synchronized (requests) {
          requests.add(head);
          requests.notifyAll();
        }
      }
      return head;
    }

    void send(String text) throws IOException {
      wire.send(text.getBytes(ISO_8859_1));
    }
  }
}
