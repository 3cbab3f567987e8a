package org.codius.proxy;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;

/** Does as one of Netty's ways to the kernel does, but for what is put right in it. */
class WrappedIoHandler implements IoHandler {

  private final IoHandler wrapped;

  WrappedIoHandler(IoHandler wrapped) {
    this.wrapped = wrapped;
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return wrapped.register(handle);
  }

  @Override
  public void initialize() {
    wrapped.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return wrapped.run(context);
  }

  @Override
  public void prepareToDestroy() {
    wrapped.prepareToDestroy();
  }

  @Override
  public void destroy() {
    wrapped.destroy();
  }

  @Override
  public void wakeup() {
    wrapped.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return wrapped.isCompatible(handleType);
  }
}
