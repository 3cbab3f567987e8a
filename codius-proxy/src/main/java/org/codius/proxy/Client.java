package org.codius.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.AttributeKey;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
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
  private String name = UNKNOWN;
  private byte[] text = name.getBytes(US_ASCII);
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
    Client client = of(channel);
    return client == null ? null : client.address;
  }

  /** Returns who was noted for a connection or a stream of it, or null if nobody was. */
  static @Nullable Client of(Channel channel) {
    Client client = channel.attr(KEY).get();
    if (client == null && channel instanceof Http2StreamChannel stream) {
      client = stream.parent().attr(KEY).get();
    }
    return client;
  }

  /**
   * Returns whom a request is from, as far as trusted proxies name them: the last address in {@code
   * values} that is not one of theirs.
   *
   * @param values of {@code X-Forwarded-For}, in their order
   */
  @Nullable InetAddress forwardedFor(List<String> values) {
    InetAddress at = address;
    String named = String.join(",", values);
    int end = named.length();
    while (end > 0 && at != null && isTrusted(at)) {
      int comma = named.lastIndexOf(',', end - 1);
      byte[] bytes =
          NetUtil.createByteArrayFromIpAddressString(named.substring(comma + 1, end).strip());
      if (bytes == null) {
        break; // a proxy that names nobody, or in words of its own
      }
      at = toAddress(bytes);
      end = comma;
    }
    return at;
  }

  private static InetAddress toAddress(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // four or sixteen bytes are an address
    }
  }

  private boolean isTrusted(InetAddress other) {
    return trusted.stream().anyMatch(subnet -> subnet.contains(other));
  }

  /** Believes a proxy in front of us that somebody else is the client. */
  void is(InetAddress real) {
    address = real;
    isTrusted = isTrusted(real);
    String host = real.getHostAddress();
    int scope = host.indexOf('%');
    name = scope < 0 ? host : host.substring(0, scope);
    text = name.getBytes(US_ASCII);
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

  /** The address, as a forwarding field has it. Not to be changed. */
  byte[] text() {
    return text;
  }

  @Override
  public String toString() {
    return name;
  }
}
