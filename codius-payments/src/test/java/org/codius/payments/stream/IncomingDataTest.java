package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncomingDataTest {

  private static final int WINDOW = IncomingData.WINDOW;

  private final IncomingData data = new IncomingData();

  @Test
  void aReadWaitsForTheNextByteAndNotForLaterOnes() {
    CompletableFuture<byte[]> next = data.read();

    assertThat(data.accept(piece(2, 3, 4))).isTrue();
    assertThat(next).isNotDone();
    assertThat(data.accept(piece(0, 1, 2))).isTrue();

    assertThat(next.join()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void bytesThatComeAgainAreNotReadAgain() {
    data.accept(piece(0, 1, 2));
    assertThat(data.read().join()).containsExactly(1, 2);

    assertThat(data.accept(piece(0, 1, 2))).isTrue();
    assertThat(data.accept(piece(1, 2, 3))).isTrue();

    assertThat(data.read().join()).containsExactly(3);
  }

  @Test
  void takesOneWindowBeyondWhatWasReadAndNotAByteMore() {
    assertThat(data.accept(new Frame.StreamData(1, 1, new byte[WINDOW]))).isFalse();
    assertThat(data.accept(new Frame.StreamData(1, -1, new byte[2]))).isFalse();
    assertThat(data.accept(new Frame.StreamData(1, -1, new byte[0]))).isFalse();
    assertThat(data.accept(new Frame.StreamData(1, 0, new byte[WINDOW]))).isTrue();
    assertThat(data.accept(piece(WINDOW, 1))).isFalse();

    assertThat(data.read().join()).hasSize(WINDOW);

    assertThat(data.tellLimit()).isEqualTo(2 * WINDOW);
    assertThat(data.accept(piece(WINDOW, 1))).isTrue();
  }

  @Test
  void theOtherEndIsToBeToldWhenHalfAWindowWasRead() {
    data.tellLimit();
    data.accept(new Frame.StreamData(1, 0, new byte[WINDOW / 2 - 1]));
    data.read();
    assertThat(data.isLimitStale()).isFalse();

    data.accept(piece(WINDOW / 2 - 1, 1));
    data.read();

    assertThat(data.isLimitStale()).isTrue();
    data.tellLimit();
    assertThat(data.isLimitStale()).isFalse();
  }

  @Test
  void atTheEndWhatIsLeftIsReadAndThenNothing() {
    data.accept(piece(0, 7));
    data.end();

    assertThat(data.read().join()).containsExactly(7);
    assertThat(data.read().join()).isEmpty();
  }

  @Test
  void thereIsOneReadAtATime() throws Exception {
    CompletableFuture<byte[]> first = data.read();

    assertThatThrownBy(() -> data.read().get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IllegalStateException.class);

    data.accept(piece(0, 1));
    assertThat(first.get()).containsExactly(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void putsAnyOrderAndAnyOverlapRight(long seed) {
    Random random = new Random(seed);
    byte[] all = new byte[5 * WINDOW + 77];
    random.nextBytes(all);
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (read.size() < all.length) {
      int end = Math.min(all.length, read.size() + WINDOW - random.nextInt(WINDOW / 4));
      for (Frame.StreamData piece : pieces(all, Math.max(0, read.size() - 50), end, random)) {
        assertThat(data.accept(piece)).isTrue();
        if (random.nextInt(8) == 0 && data.isLimitStale()) {
          data.tellLimit();
        }
      }
      while (read.size() < end) {
        read.writeBytes(data.read().join());
      }
    }

    assertThat(read.toByteArray()).isEqualTo(all);
  }

  /** Cuts a part into overlapping pieces, out of order. */
  private static List<Frame.StreamData> pieces(byte[] all, int from, int to, Random random) {
    List<Frame.StreamData> pieces = new ArrayList<>();
    for (int start = from; start < to; ) {
      int end = Math.min(to, start + 1 + random.nextInt(3_000));
      int overlapping = Math.max(from, start - random.nextInt(100));
      pieces.add(new Frame.StreamData(1, overlapping, Arrays.copyOfRange(all, overlapping, end)));
      start = end;
    }
    Collections.shuffle(pieces, random);
    return pieces;
  }

  private static Frame.StreamData piece(long offset, int... bytes) {
    byte[] data = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      data[i] = (byte) bytes[i];
    }
    return new Frame.StreamData(1, offset, data);
  }
}
