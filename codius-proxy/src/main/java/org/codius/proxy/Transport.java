package org.codius.proxy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** How bytes get in and out of the machine: Linux's epoll where it loads, else the JDK's NIO. */
enum Transport {
  EPOLL(EpollServerSocketChannel.class, EpollSocketChannel.class),
  NIO(NioServerSocketChannel.class, NioSocketChannel.class);

  private final Class<? extends ServerSocketChannel> listener;
  private final Class<? extends SocketChannel> socket;

  Transport(Class<? extends ServerSocketChannel> listener, Class<? extends SocketChannel> socket) {
    this.listener = listener;
    this.socket = socket;
  }

  Class<? extends ServerSocketChannel> listener() {
    return listener;
  }

  Class<? extends SocketChannel> socket() {
    return socket;
  }

  /** Returns the transport that a group of loops, or one of them, was made for. */
  static Transport of(EventLoopGroup group) {
    return group instanceof IoEventLoopGroup loops && loops.isIoType(EpollIoHandler.class)
        ? EPOLL
        : NIO;
  }

  /** Returns new loops of the fastest transport there is. */
  static EventLoopGroup newLoops(int count) {
    IoHandlerFactory factory =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    return new MultiThreadIoEventLoopGroup(count, factory);
  }
}
