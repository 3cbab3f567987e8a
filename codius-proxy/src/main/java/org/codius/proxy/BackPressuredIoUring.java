package org.codius.proxy;

import static java.util.Objects.requireNonNull;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoOps;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Netty's io_uring, but for one thing: it does not ask Linux to be told of {@code POLLRDHUP}, the
 * other side's last byte. Netty 4.2 takes that as leave to read all there is, even where nobody
 * wants to read: up to 6 MB, the system's receive buffer, would wait for one slow reader. Without
 * it the end is seen where it is read, after what came before it.
 *
 * <p>What is asked of Linux can only be told from accessors that Netty keeps to itself; where they
 * cannot be had, {@link #isAvailable} is false.
 */
final class BackPressuredIoUring implements IoHandler {

  private static final byte POLL_ADD = 6; // IORING_OP_POLL_ADD, linux/io_uring.h
  private static final int POLLRDHUP = 0x2000; // asm-generic/poll.h
  private static final long NOT_SUBMITTED = 0; // as Netty's own registration once it is cancelled

  private static final @Nullable MethodHandle OPCODE = accessor("opcode", byte.class);
  private static final @Nullable MethodHandle POLL_EVENTS = accessor("union3", int.class);

  private final IoHandler ioUring;

  private BackPressuredIoUring(IoHandler ioUring) {
    this.ioUring = ioUring;
  }

  static boolean isAvailable() {
    return IoUring.isAvailable() && OPCODE != null && POLL_EVENTS != null;
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory factory = IoUringIoHandler.newFactory();
    return executor -> new BackPressuredIoUring(factory.newHandler(executor));
  }

  private static @Nullable MethodHandle accessor(String name, Class<?> type) {
    try {
      return MethodHandles.privateLookupIn(IoUringIoOps.class, MethodHandles.lookup())
          .findVirtual(IoUringIoOps.class, name, MethodType.methodType(type));
    } catch (ReflectiveOperationException e) {
      return null; // another release of Netty, or a module of its own: isAvailable says so
    }
  }

  private static boolean asksForLastByte(IoOps ops) {
    try {
      IoUringIoOps asked = (IoUringIoOps) ops;
      return (byte) requireNonNull(OPCODE).invokeExact(asked) == POLL_ADD
          && (int) requireNonNull(POLL_EVENTS).invokeExact(asked) == POLLRDHUP;
    } catch (Throwable e) {
      throw new AssertionError("a getter that throws", e);
    }
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Registration(ioUring.register(handle));
  }

  @Override
  public void initialize() {
    ioUring.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return ioUring.run(context);
  }

  @Override
  public void prepareToDestroy() {
    ioUring.prepareToDestroy();
  }

  @Override
  public void destroy() {
    ioUring.destroy();
  }

  @Override
  public void wakeup() {
    ioUring.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return ioUring.isCompatible(handleType);
  }

  private record Registration(IoRegistration ioUring) implements IoRegistration {

    @Override
    public long submit(IoOps ops) {
      return asksForLastByte(ops) ? NOT_SUBMITTED : ioUring.submit(ops);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // as Netty has it
    public <T> T attachment() {
      return ioUring.attachment();
    }

    @Override
    public boolean isValid() {
      return ioUring.isValid();
    }

    @Override
    public boolean cancel() {
      return ioUring.cancel();
    }
  }
}
