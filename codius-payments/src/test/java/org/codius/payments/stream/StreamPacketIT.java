package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.io.BaseEncoding;
import com.google.common.primitives.Bytes;
import java.lang.reflect.RecordComponent;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.codius.payments.NodeProgram;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets encrypted here, read by both generations of npm ilp-protocol-stream. */
class StreamPacketIT {

  private static final BaseEncoding HEX = BaseEncoding.base16().lowerCase();
  private static final long[] NUMBERS = {0, 1, 255, 256, 1L << 31, Long.MAX_VALUE, -1L};
  private static final byte[] SECRET = new byte[32];

  private final StreamKeys keys = StreamKeys.of(SECRET);
  private final SecureRandom random = new SecureRandom();

  @ParameterizedTest
  @ValueSource(strings = {"ilp-protocol-stream", "ilp-protocol-stream-2"})
  void everyFrameWithEveryNumberIsReadAsItWasWritten(String library) {
    try (NodeProgram reader =
        NodeProgram.start(StreamPacketIT.class, "packet-reader.js", library, HEX.encode(SECRET))) {
      for (int type : new int[] {StreamPacket.PREPARE, StreamPacket.FULFILL, StreamPacket.REJECT}) {
        for (long number : NUMBERS) {
          assertRead(reader, new StreamPacket(type, number, number, frames(number)), new byte[0]);
        }
      }
      assertRead(reader, new StreamPacket(StreamPacket.PREPARE, 1, 2, List.of()), new byte[0]);
      assertRead(reader, new StreamPacket(StreamPacket.REJECT, 3, 4, frames(5)), new byte[20_000]);
    }
  }

  private void assertRead(NodeProgram reader, StreamPacket packet, byte[] padding) {
    byte[] data = keys.encrypt(Bytes.concat(StreamCodec.encode(packet), padding), random);

    reader.tell(HEX.encode(data));
    JsonNode read = reader.answer();

    assertThat(read.has("error")).as(read.toString()).isFalse();
    assertThat(read.get("type").asInt()).isEqualTo(packet.type());
    assertThat(read.get("sequence").asText()).isEqualTo(text(packet.sequence()));
    assertThat(read.get("amount").asText()).isEqualTo(text(packet.prepareAmount()));
    assertThat(read.get("fulfillment").asText())
        .isEqualTo(HEX.encode(keys.fulfillment(data).getPreimage()));
    assertThat(read.get("frames")).hasSize(packet.frames().size());
    for (int i = 0; i < packet.frames().size(); i++) {
      assertThat(values(read.get("frames").get(i)))
          .as(read.get("frames").get(i).toString())
          .isEqualTo(values(packet.frames().get(i)));
    }
  }

  private static List<Frame> frames(long number) {
    return List.of(
        new Frame.ConnectionClose(CloseCode.NO_ERROR, "over"),
        new Frame.ConnectionNewAddress("test.some.where~else"),
        new Frame.ConnectionMaxData(number),
        new Frame.ConnectionDataBlocked(number),
        new Frame.ConnectionMaxStreamId(number),
        new Frame.ConnectionStreamIdBlocked(number),
        new Frame.ConnectionAssetDetails("XRP", 9),
        new Frame.StreamClose(number, CloseCode.PROTOCOL_VIOLATION, "Größe"),
        new Frame.StreamMoney(number, number),
        new Frame.StreamMaxMoney(number, number, number),
        new Frame.StreamMoneyBlocked(number, number, number),
        new Frame.StreamData(number, number, new byte[] {1, 2, 3, (byte) 255}),
        new Frame.StreamMaxData(number, number),
        new Frame.StreamDataBlocked(number, number));
  }

  /** Returns the values in a frame of the library's, which has type and name before them. */
  private static List<String> values(JsonNode frame) {
    List<String> values = new ArrayList<>();
    frame
        .properties()
        .forEach(
            field -> {
              if (!field.getKey().equals("type") && !field.getKey().equals("name")) {
                values.add(field.getValue().asText());
              }
            });
    return values;
  }

  private static List<String> values(Frame frame) {
    List<String> values = new ArrayList<>();
    try {
      for (RecordComponent component : frame.getClass().getRecordComponents()) {
        Object value = component.getAccessor().invoke(frame);
        values.add(
            value instanceof byte[] bytes
                ? HEX.encode(bytes)
                : value instanceof Long number ? text(number) : String.valueOf(value));
      }
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
    return values;
  }

  private static String text(long unsigned) {
    return Long.toUnsignedString(unsigned);
  }
}
