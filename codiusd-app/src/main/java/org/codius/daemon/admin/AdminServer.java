package org.codius.daemon.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Executor;
import org.codius.daemon.http.ApiHandler;
import org.codius.daemon.http.RequestCollector;

/**
 * Answers the host's operator: HTTP/1.1 on a Unix socket or a port of the loopback interface, and
 * nothing without the token.
 */
public final class AdminServer implements AutoCloseable {

  private static final int MAXIMUM_CONNECTIONS = 64;
  private static final int IDLE_SECONDS = 60;

  private final SocketAddress address;
  private final Channel listener;
  private final ChannelGroup connections;

  private AdminServer(SocketAddress address, Channel listener, ChannelGroup connections) {
    this.address = address;
    this.listener = listener;
    this.connections = connections;
  }

  /**
   * Starts listening.
   *
   * @param workers make the blocking calls
   * @throws IOException if the address is taken, or cannot be made
   */
  public static AdminServer start(
      SocketAddress address, AdminToken token, AdminApi api, EventLoopGroup loops, Executor workers)
      throws IOException {
    ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    boolean isUnix = address instanceof UnixDomainSocketAddress;
    if (address instanceof UnixDomainSocketAddress unix) {
      removeStale(unix.getPath());
    }
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(isUnix ? NioServerDomainSocketChannel.class : NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    if (connections.size() >= MAXIMUM_CONNECTIONS) {
                      connection.close();
                      return;
                    }
                    connections.add(connection);
                    connection
                        .pipeline()
                        .addLast(new ReadTimeoutHandler(IDLE_SECONDS))
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpServerKeepAliveHandler())
                        .addLast(new AdminGuard(token, api::isFree))
                        .addLast(new RequestCollector())
                        .addLast(new ApiHandler(api, workers));
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("listen on " + address + ": " + bound.cause().getMessage());
    }
    if (address instanceof UnixDomainSocketAddress unix) {
      Files.setPosixFilePermissions(unix.getPath(), PosixFilePermissions.fromString("rw-------"));
    }
    return new AdminServer(address, bound.channel(), connections);
  }

  /** What is left of a socket that nobody listens on any more; anything else stays. */
  private static void removeStale(Path socket) throws IOException {
    if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      if (!Files.readAttributes(socket, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isOther()) {
        throw new IOException(socket + ": is there, and no socket");
      }
      Files.delete(socket);
    }
  }

  /** Returns where it listens, the port included if it chose one. */
  public SocketAddress address() {
    return address instanceof UnixDomainSocketAddress ? address : listener.localAddress();
  }

  @Override
  public void close() throws IOException {
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
    if (address instanceof UnixDomainSocketAddress unix) {
      Files.deleteIfExists(unix.getPath());
    }
  }
}
