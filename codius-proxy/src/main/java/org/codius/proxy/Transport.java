package org.codius.proxy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandler;
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
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Arrays;

/** How bytes get in and out of the machine; the first that there is, is taken. */
public enum Transport {
  /** A queue shared with Linux: costs the least. Many a container is forbidden to have it. */
  IO_URING(
      BackPressuredIoUring.class,
      IoUringIoHandler.class,
      IoUringServerSocketChannel.class,
      IoUringSocketChannel.class),
  /** Linux. */
  EPOLL(
      LastingEpoll.class,
      EpollIoHandler.class,
      EpollServerSocketChannel.class,
      EpollSocketChannel.class),
  /** The JDK's, everywhere. */
  NIO(NioIoHandler.class, NioIoHandler.class, NioServerSocketChannel.class, NioSocketChannel.class);

  private final Class<? extends IoHandler> ours;
  private final Class<? extends IoHandler> nettys;
  private final Class<? extends ServerSocketChannel> listener;
  private final Class<? extends SocketChannel> socket;

  Transport(
      Class<? extends IoHandler> ours,
      Class<? extends IoHandler> nettys,
      Class<? extends ServerSocketChannel> listener,
      Class<? extends SocketChannel> socket) {
    this.ours = ours;
    this.nettys = nettys;
    this.listener = listener;
    this.socket = socket;
  }

  /** Whether this machine has it and lets this process use it. */
  public boolean isAvailable() {
    return switch (this) {
      case IO_URING -> IoUring.isAvailable();
      case EPOLL -> Epoll.isAvailable();
      case NIO -> true;
    };
  }

  /** Returns what is used where nothing is said: the first that there is. */
  static Transport usual() {
    return Arrays.stream(values()).filter(Transport::isAvailable).findFirst().orElse(NIO);
  }

  /** Returns the transport that a group of loops, or one of them, was made for. */
  static Transport of(EventLoopGroup group) {
    return Arrays.stream(values()).filter(each -> each.isOf(group)).findFirst().orElse(NIO);
  }

  private boolean isOf(EventLoopGroup group) {
    return group instanceof IoEventLoopGroup loops
        && (loops.isIoType(ours) || loops.isIoType(nettys));
  }

  EventLoopGroup newLoops(int count) {
    return new MultiThreadIoEventLoopGroup(
        count,
        switch (this) {
          case IO_URING -> BackPressuredIoUring.newFactory();
          case EPOLL -> LastingEpoll.newFactory();
          case NIO -> NioIoHandler.newFactory();
        });
  }

  Class<? extends ServerSocketChannel> listener() {
    return listener;
  }

  Class<? extends SocketChannel> socket() {
    return socket;
  }
}
