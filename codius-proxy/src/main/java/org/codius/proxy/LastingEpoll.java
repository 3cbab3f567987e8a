package org.codius.proxy;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll, from which a connection does not fall out. When nothing is to be waited for on it,
 * as after its client's last byte while the answer is still to come, Netty 4.2.18 has Linux forget
 * it and forgets that it did: whatever is to be waited for later, as that the client takes more of
 * the answer, fails, and the answer is cut short.
 *
 * <p>So Linux is asked for nothing instead, by edges: it tells then only that a connection breaks,
 * and once.
 */
final class LastingEpoll extends WrappedIoHandler {

  private LastingEpoll(IoHandler epoll) {
    super(epoll);
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory factory = EpollIoHandler.newFactory();
    return executor -> new LastingEpoll(factory.newHandler(executor));
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Registration(super.register(handle));
  }

  /** What is waited for on one channel. */
  private static final class Registration implements IoRegistration {

    private final IoRegistration epoll;
    private boolean isBegun;

    Registration(IoRegistration epoll) {
      this.epoll = epoll;
    }

    @Override
    public long submit(IoOps ops) {
      boolean isNone = ops.equals(EpollIoOps.NONE);
      isBegun |= !isNone;
      return epoll.submit(isNone && isBegun ? EpollIoOps.EPOLLET : ops);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // as Netty has it
    public <T> T attachment() {
      return epoll.attachment();
    }

    @Override
    public boolean isValid() {
      return epoll.isValid();
    }

    @Override
    public boolean cancel() {
      return epoll.cancel();
    }
  }
}
