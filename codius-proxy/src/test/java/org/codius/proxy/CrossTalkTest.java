package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.codius.proxy.ProxyUnderTest.ONE;
import static org.codius.proxy.ProxyUnderTest.TWO;
import static org.codius.proxy.ProxyUnderTest.get;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many clients and few connections to the pods: everybody gets the answer to what they asked. */
@ExtendWith(LeakCheck.class)
class CrossTalkTest {

  private static final int CLIENTS = 16;
  private static final int REQUESTS = 60;

  private final ProxyUnderTest proxy = new ProxyUnderTest();
  private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);

  @AfterEach
  void stop() {
    threads.shutdownNow();
    proxy.close();
  }

  /** A pod that answers with its name, the path and the body, in every framing, and is moody. */
  private static RawPod echo(String name) throws IOException {
    return RawPod.serving(
        connection -> {
          for (int i = 0; ; i++) {
            String head = connection.request();
            if (head.isEmpty()) {
              return;
            }
            String path = head.split(" ", 3)[1];
            String body = "";
            if (head.contains("\r\nTransfer-Encoding: chunked\r\n")) {
              int size = Integer.parseInt(connection.wire.readTo("\r\n").strip(), 16);
              body = connection.wire.read(size);
              connection.wire.readTo("\r\n\r\n");
            }
            String text = name + path + body;
            int size = text.length();
            switch (i % 4) {
              case 0, 1 ->
                  connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n" + text);
              case 2 ->
                  connection.send(
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                          + Integer.toHexString(size)
                          + "\r\n"
                          + text
                          + "\r\n0\r\n\r\n");
              default -> {
                connection.send("HTTP/1.1 200 OK\r\n\r\n" + text);
                return; // which ends the answer
              }
            }
          }
        });
  }

  private void ask(int client) throws IOException {
    Random random = new Random(client);
    int asked = 0;
    while (asked < REQUESTS) {
      try (Wire wire = proxy.client()) {
        int onThis = 1 + random.nextInt(20);
        for (int i = 0; i < onThis; i++, asked++) {
          boolean isOne = random.nextBoolean();
          String host = isOne ? ONE : TWO;
          String path = "/" + client + "-" + asked;
          if (random.nextInt(3) > 0) {
            wire.send(get(host, path));
            assertThat(wire.answer().body()).isEqualTo((isOne ? "one" : "two") + path);
          } else {
            String body = "+".repeat(1 + random.nextInt(5000));
            wire.send(
                "POST "
                    + path
                    + " HTTP/1.1\r\nHost: "
                    + host
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(body.length())
                    + "\r\n"
                    + body
                    + "\r\n0\r\n\r\n");
            assertThat(wire.answer().body()).isEqualTo((isOne ? "one" : "two") + path + body);
          }
        }
        if (random.nextBoolean()) {
          wire.send(get(ONE, "/never-read")); // and go away
        }
      }
    }
  }

  @Test
  void everybodyGetsTheirOwnAnswer() throws Exception {
    try (RawPod one = echo("one");
        RawPod two = echo("two")) {
      proxy.routes.put(ONE, one.address());
      proxy.routes.put(TWO, two.address());
      List<Callable<Boolean>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        clients.add(
            () -> {
              ask(client);
              return true;
            });
      }

      for (Future<Boolean> asked : threads.invokeAll(clients)) {
        assertThat(asked.get()).isTrue();
      }
      assertThat(one.connections()).isLessThan(one.requests().size());
    }
  }
}
