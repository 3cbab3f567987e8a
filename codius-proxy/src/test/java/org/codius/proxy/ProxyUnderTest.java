package org.codius.proxy;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy on a free loopback port, its routes, and who comes to it. */
final class ProxyUnderTest implements AutoCloseable {

  static final String ONE = "a".repeat(52);
  static final String TWO = "b".repeat(51) + "7";
  static final String NOBODY = "c".repeat(52);

  final Map<String, InetSocketAddress> routes = new ConcurrentHashMap<>();

  /** The proxy's side of every connection so far. */
  final List<Channel> clients = new CopyOnWriteArrayList<>();

  final PodProxy proxy;

  ProxyUnderTest() {
    this(ProxyConfig.DEFAULT);
  }

  ProxyUnderTest(ProxyConfig config) {
    proxy =
        PodProxy.start(
            config.withBind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
            label -> Optional.ofNullable(routes.get(label)),
            pipeline -> {
              clients.add(pipeline.channel());
              TestApi.addTo(pipeline);
            });
  }

  Wire client() throws IOException {
    return Wire.to(proxy.localAddress());
  }

  static String get(String host, String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
  }

  static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  @Override
  public void close() {
    proxy.close();
  }
}
