package org.codius.payments.stream;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.codius.payments.PaymentData;
import org.codius.payments.PaymentException;
import org.junit.jupiter.api.Test;

class OutgoingDataTest {

  private static final int WINDOW = IncomingData.WINDOW;

  private final OutgoingData data = new OutgoingData(1);

  @Test
  void sendsOnePieceAtATimeAndNoneTwice() {
    CompletableFuture<Void> taken = data.write(new byte[WINDOW + 10]);

    assertThat(nextPiece().data()).hasSize(WINDOW);
    assertThat(data.next()).isNull();
    data.arrived();
    assertThat(data.next()).isNull(); // beyond the limit
    assertThat(taken).isNotDone();

    data.limit(2 * WINDOW);
    Frame.StreamData rest = nextPiece();
    assertThat(rest.offset()).isEqualTo(WINDOW);
    assertThat(rest.data()).hasSize(10);
    data.arrived();

    assertThat(taken).isCompleted();
    assertThat(data.next()).isNull();
  }

  @Test
  void sendsAgainWhatDidNotArrive() {
    data.write(new byte[] {1, 2, 3});
    data.next();

    data.lost();

    assertThat(nextPiece().offset()).isZero();
  }

  @Test
  void aPieceInDoubtHasArrivedIfTheOtherEndHasReadPastIt() {
    data.limit(1_000); // its window, then
    CompletableFuture<Void> taken = data.write(new byte[400]);
    data.next();
    data.doubt();
    assertThat(data.next()).isNull();

    data.resolve(1_400);

    assertThat(taken).isCompleted();
  }

  @Test
  void aPieceInDoubtIsSentAgainIfTheOtherEndHasNotReadPastIt() {
    data.limit(1_000);
    CompletableFuture<Void> taken = data.write(new byte[400]);
    data.next();
    data.doubt();

    data.resolve(1_399);

    assertThat(taken).isNotDone();
    assertThat(nextPiece().offset()).isZero();
  }

  @Test
  void aLimitIsNeverTakenBack() {
    data.limit(100);
    data.limit(50);
    data.write(new byte[200]);

    assertThat(nextPiece().data()).hasSize(100);
  }

  @Test
  void aLimitMayBeTheLargestNumberThereIs() {
    data.limit(-1L);
    data.write(new byte[200]);

    assertThat(nextPiece().data()).hasSize(200);
  }

  @Test
  void holdsNoMoreThanItSays() {
    data.write(new byte[PaymentData.MAXIMUM_WAITING]);

    assertThatThrownBy(() -> data.write(new byte[1]).get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(PaymentException.class)
        .hasMessageContaining("write: 65536 bytes wait already");
  }

  @Test
  void atTheEndWhatHasNotArrivedFails() {
    CompletableFuture<Void> before = data.write(new byte[1]);

    data.end(new PaymentException("write: over"));

    assertThat(before).isCompletedExceptionally();
    assertThat(data.write(new byte[1])).isCompletedExceptionally();
  }

  private Frame.StreamData nextPiece() {
    return requireNonNull(data.next(), "next");
  }
}
