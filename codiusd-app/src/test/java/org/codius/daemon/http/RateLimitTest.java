package org.codius.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1); // nanoTime may overflow
  private final RateLimit limit = new RateLimit(60, now::get);

  @Test
  void letsAMinutesWorthThroughAtOnceAndThenOneASecond() throws Exception {
    for (int i = 0; i < 60; i++) {
      assertThat(take("192.0.2.1")).isZero();
    }
    assertThat(take("192.0.2.1")).isEqualTo(Duration.ofSeconds(1));

    now.addAndGet(Duration.ofSeconds(1).toNanos());

    assertThat(take("192.0.2.1")).isZero();
    assertThat(take("192.0.2.1")).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void countsAddressesApartAndIpv6NetworksTogether() throws Exception {
    for (int i = 0; i < 60; i++) {
      take("192.0.2.1");
      take("2001:db8::" + Integer.toHexString(i));
    }

    assertThat(take("192.0.2.2")).isZero();
    assertThat(take("2001:db8:0:1::1")).isZero();
    assertThat(take("2001:db8::ffff")).isPositive();
  }

  @Test
  void remembersABoundedNumberOfAddresses() throws Exception {
    for (int i = 0; i < 300_000; i++) {
      limit.take(
          InetAddress.getByAddress(new byte[] {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i}));
    }

    assertThat(limit.size()).isLessThanOrEqualTo(100_000);
  }

  private Duration take(String address) throws UnknownHostException {
    return limit.take(InetAddress.getByName(address));
  }
}
