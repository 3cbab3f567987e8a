package org.codius.payments.connector;

import io.netty.channel.EventLoopGroup;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.codius.payments.PaymentException;
import org.codius.payments.btp.BtpDoor;
import org.codius.payments.btp.BtpServer;

/** A listener's server, with the address that was made for it. */
record OpenListener(BtpServer server, Optional<PodsAddress> address) implements AutoCloseable {

  static OpenListener open(
      Listener listener,
      ConnectorConfig config,
      BtpDoor door,
      EventLoopGroup group,
      InstantSource clock,
      RandomGenerator random) {
    Optional<PodsAddress> address =
        listener instanceof Listener.Pods pods
            ? Optional.of(PodsAddress.add(pods.address().getAddress()))
            : Optional.empty();
    try {
      BtpServer server = BtpServer.listen(config.btp(listener), door, group, clock, random);
      return new OpenListener(server, address);
    } catch (PaymentException e) {
      address.ifPresent(PodsAddress::close);
      throw e;
    }
  }

  @Override
  public void close() {
    server.close();
    address.ifPresent(PodsAddress::close);
  }
}
