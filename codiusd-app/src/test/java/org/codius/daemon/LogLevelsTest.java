package org.codius.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the operator's log leaves out. */
class LogLevelsTest {

  @Test
  void aClientCannotFillTheLogWithFramesOfStreamsThatWereReset() {
    assertThat(
            LoggerFactory.getLogger("io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder")
                .isInfoEnabled())
        .isFalse();
  }

  @Test
  void aConnectionToARuntimesSocketIsNoWarning() {
    assertThat(LoggerFactory.getLogger("io.netty.bootstrap.Bootstrap").isWarnEnabled()).isFalse();
  }
}
