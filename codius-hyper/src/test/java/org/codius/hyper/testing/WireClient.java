package org.codius.hyper.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;

/** Sends one recorded request as bytes and collects the bytes that come back. */
final class WireClient implements AutoCloseable {

  private static final int READ_BYTES = 65536;

  private final SocketChannel channel;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  WireClient(Path socket, Executor readers) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    readers.execute(this::read);
  }

  void send(String head, String body) throws IOException {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    StringBuilder request = new StringBuilder();
    for (String line : head.split("\n", -1)) {
      if (!line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        request.append(line).append("\r\n");
      }
    }
    boolean isChunked = head.contains("Transfer-Encoding: chunked");
    if (!isChunked && head.contains("Content-Length:")) {
      request.append("Content-Length: ").append(content.length).append("\r\n");
    }
    request.append("Connection: close\r\n\r\n");
    request.append(
        isChunked ? Integer.toHexString(content.length) + "\r\n" + body + "\r\n0\r\n\r\n" : body);
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(request.toString());
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Sends more on a connection that has become a stream. */
  void sendRaw(String input, boolean isLast) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(input);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    if (isLast) {
      channel.shutdownOutput();
    }
  }

  private void read() {
    ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES);
    try {
      while (channel.read(bytes) >= 0) {
        synchronized (received) {
          received.write(bytes.array(), 0, bytes.position());
          received.notifyAll();
        }
        bytes.clear();
      }
      end.complete(null);
    } catch (AsynchronousCloseException e) {
      end.complete(null); // the test has seen enough
    } catch (IOException e) {
      end.completeExceptionally(e);
    }
  }

  /** Waits until the head of the answer is there. */
  void awaitHead(Duration patience) throws InterruptedException {
    await(size -> size > 0, patience);
  }

  /** Waits until the body has so many bytes or patience ends, and returns what came. */
  HttpAnswer await(int bodyBytes, Duration patience) throws InterruptedException {
    await(size -> answer(false).body().length >= bodyBytes && size > 0, patience);
    return answer(end.isDone());
  }

  /** Waits for the end and returns the whole answer. */
  HttpAnswer awaitEnd(Duration patience) throws Exception {
    end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    return answer(true);
  }

  private HttpAnswer answer(boolean isClosed) {
    synchronized (received) {
      return HttpAnswer.parse(received.toByteArray(), isClosed);
    }
  }

  private void await(IntPredicate isEnough, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (received) {
      while (!isEnough.test(received.size())) {
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (millis <= 0) {
          return;
        }
        received.wait(millis);
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
