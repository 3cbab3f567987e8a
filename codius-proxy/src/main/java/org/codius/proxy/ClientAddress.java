package org.codius.proxy;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.util.Optional;

/** Tells the API whom a request comes from. */
public final class ClientAddress {

  private static final String FORWARDED_FOR = "X-Forwarded-For";

  private ClientAddress() {}

  /**
   * Returns the client's address, or empty if the connection has none: the other end of the
   * connection; if that is a trusted proxy, the last address in {@code X-Forwarded-For} that is
   * none.
   *
   * @param channel of the pipeline that the API was added to
   */
  public static Optional<InetAddress> of(Channel channel, HttpHeaders headers) {
    Client client = Client.of(channel);
    return client == null
        ? Optional.empty()
        : Optional.ofNullable(client.forwardedFor(headers.getAll(FORWARDED_FOR)));
  }
}
