package org.codius.proxy;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.AttributeKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection.
 *
 * <p>Confined to the channel's event loop.
 */
final class Client {

  private static final AttributeKey<Client> KEY = AttributeKey.valueOf(Client.class, "client");
  private static final String UNKNOWN = "unknown";

  private final Channel channel;
  private final List<Subnet> trusted;
  private final Admission admission;
  private @Nullable InetAddress address;
  private String text = UNKNOWN;
  private boolean isTrusted;
  private boolean isSecure;

  private Client(Channel channel, List<Subnet> trusted, Admission admission) {
    this.channel = channel;
    this.trusted = trusted;
    this.admission = admission;
  }

  /** Notes who has connected. */
  static Client of(Channel channel, List<Subnet> trusted, Admission admission) {
    Client client = new Client(channel, trusted, admission);
    if (channel.remoteAddress() instanceof InetSocketAddress remote) {
      client.is(remote.getAddress());
    }
    channel.attr(KEY).set(client);
    return client;
  }

  /** Returns the address noted for a connection, or null if it has none. */
  static @Nullable InetAddress addressOf(Channel channel) {
    Client client = channel.attr(KEY).get();
    if (client == null && channel instanceof Http2StreamChannel stream) {
      client = stream.parent().attr(KEY).get();
    }
    return client == null ? null : client.address;
  }

  /** Believes a proxy in front of us that somebody else is the client. */
  void is(InetAddress real) {
    address = real;
    isTrusted = trusted.stream().anyMatch(subnet -> subnet.contains(real));
    String host = real.getHostAddress();
    int scope = host.indexOf('%');
    text = scope < 0 ? host : host.substring(0, scope);
  }

  /** Whether there are not too many connections from its address; if there are, it is closed. */
  boolean admit() {
    return address == null || admission.admit(channel, address);
  }

  /** Whether what it says about whom it forwards for is believed. */
  boolean isTrusted() {
    return isTrusted;
  }

  /** Notes that the connection is encrypted. */
  void secured() {
    isSecure = true;
  }

  boolean isSecure() {
    return isSecure;
  }

  /** The address, as a forwarding field has it. */
  @Override
  public String toString() {
    return text;
  }
}
