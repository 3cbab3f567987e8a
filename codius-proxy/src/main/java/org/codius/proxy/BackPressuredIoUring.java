package org.codius.proxy;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoHandler;

/**
 * Netty's io_uring, with back-pressure to the end. When Linux says that the other side of a
 * connection has sent its last byte ({@code POLLRDHUP}), Netty 4.2 reads all there is, even where
 * nobody wants to read: up to 6 MB, the system's receive buffer, would wait for one slow reader.
 *
 * <p>So a connection's channel hears instead that there is something to read, once when that
 * happens and again after each read, as Linux says it only once; it reads when it is asked to.
 */
final class BackPressuredIoUring extends WrappedIoHandler {

  private BackPressuredIoUring(IoHandler ioUring) {
    super(ioUring);
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory factory = IoUringIoHandler.newFactory();
    return executor -> new BackPressuredIoUring(factory.newHandler(executor));
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return super.register(new Handle((IoUringIoHandle) handle));
  }

  /** What Linux says to one channel. Numbers are those of {@code linux/io_uring.h} and errno. */
  @SuppressWarnings("try") // its close() may throw anything, as Netty has it
  private static final class Handle implements IoUringIoHandle {

    private static final byte POLL_ADD = 6;
    private static final byte RECV = 27;
    private static final int MORE = 2; // IORING_CQE_F_MORE: what was asked for is still asked for
    private static final int POLLIN = 1;
    private static final int POLLRDHUP = 0x2000;
    private static final int CANCELED = -125;

    private final IoUringIoHandle channel;
    private boolean hasLastByte;

    Handle(IoUringIoHandle channel) {
      this.channel = channel;
    }

    @Override
    public void handle(IoRegistration registration, IoEvent said) {
      IoUringIoEvent event = (IoUringIoEvent) said;
      int result = event.res();
      if (event.opcode() == POLL_ADD && result > 0 && (result & POLLRDHUP) != 0) {
        hasLastByte = true;
        tell(registration, event, CANCELED); // or the channel would wait for it when it closes
        tell(registration, event, POLLIN);
      } else {
        boolean isReadToGoOn =
            hasLastByte && event.opcode() == RECV && (result > 0 || result == CANCELED);
        channel.handle(registration, event);
        if (isReadToGoOn) {
          tell(registration, event, POLLIN);
        }
      }
    }

    private void tell(IoRegistration registration, IoUringIoEvent instead, int result) {
      channel.handle(registration, new IoUringIoEvent(result, MORE, POLL_ADD, instead.userData()));
    }

    @Override
    public void registered() {
      channel.registered();
    }

    @Override
    public void unregistered() {
      channel.unregistered();
    }

    @Override
    public void close() throws Exception {
      channel.close();
    }
  }
}
