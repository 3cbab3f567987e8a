package org.codius.payments.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.io.BaseEncoding;
import com.google.common.primitives.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.codius.payments.ilp.OerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against the RFC's vectors, the original's library, and Quilt. */
class StreamCodecTest {

  private static final BaseEncoding HEX = BaseEncoding.base16().lowerCase();

  @ParameterizedTest
  @MethodSource("rfcPackets")
  void readsAndWritesThePacketsOfTheRfc(JsonNode vector) {
    JsonNode fields = vector.get("packet");
    byte[] bytes = Base64.getDecoder().decode(vector.get("buffer").asText());

    StreamPacket packet = StreamCodec.decode(bytes);

    assertThat(packet.type()).isEqualTo(fields.get("packetType").asInt());
    assertThat(packet.sequence()).isEqualTo(unsigned(fields.get("sequence")));
    assertThat(packet.prepareAmount()).isEqualTo(unsigned(fields.get("amount")));
    assertThat(packet.frames()).hasSize(fields.get("frames").size());
    if (!vector.has("decode_only")) {
      assertThat(StreamCodec.encode(packet)).isEqualTo(bytes);
    }
  }

  @Test
  void anAmountAboveSixtyFourBitsIsTheLargest() {
    List<Frame> tooBig =
        rfcPackets()
            .filter(vector -> vector.has("decode_only"))
            .map(vector -> Base64.getDecoder().decode(vector.get("buffer").asText()))
            .flatMap(bytes -> StreamCodec.decode(bytes).frames().stream())
            .toList();

    assertThat(tooBig)
        .containsExactly(
            new Frame.StreamMaxMoney(123, -1L, 456), new Frame.StreamMoneyBlocked(123, -1L, 456));
  }

  @ParameterizedTest
  @MethodSource("originalPackets")
  void readsAndWritesThePacketsOfTheOriginal(JsonNode vector) {
    StreamKeys keys = StreamKeys.of(HEX.decode(original().get("secret").asText()));
    byte[] encrypted = HEX.decode(vector.get("enc").asText());
    byte[] clear = HEX.decode(vector.get("clear").asText());

    byte[] decrypted = keys.decrypt(encrypted).orElseThrow();

    assertThat(Arrays.copyOf(decrypted, clear.length)).isEqualTo(clear);
    StreamPacket packet = StreamCodec.decode(decrypted); // padding and all
    assertThat(packet.sequence()).isEqualTo(unsigned(vector.get("seq")));
    assertThat(packet.prepareAmount()).isEqualTo(unsigned(vector.get("amount")));
    assertThat(StreamCodec.encode(packet)).isEqualTo(clear);
    assertThat(HEX.encode(keys.fulfillment(encrypted).getPreimage()))
        .isEqualTo(vector.get("ff").asText());
  }

  @ParameterizedTest
  @MethodSource("originalPackets")
  void writesWhatQuiltReads(JsonNode vector) throws IOException {
    String unknown = "7f" + "03010203";
    String close = "10" + "06" + "0101" + "01" + "00" + "9999"; // two bytes of a later version
    String money = "11" + "04" + "0101" + "01ff";
    byte[] bytes = HEX.decode("010c" + "0101" + "0100" + "0103" + unknown + close + money);

    StreamPacket packet = StreamCodec.decode(bytes);

    assertThat(packet.frames())
        .containsExactly(new Frame.StreamClose(1, 1, ""), new Frame.StreamMoney(1, 255));
  }

  /** RFC 29 §5.2: a packet may be padded, to hide how long its contents are. */
  @Test
  void ignoresWhatFollowsTheLastFrame() {
    byte[] bytes = HEX.decode("010c" + "0101" + "0100" + "0101" + "1104010101ff" + "00000099");

    assertThat(StreamCodec.decode(bytes).frames()).containsExactly(new Frame.StreamMoney(1, 255));
  }

  @Test
  void refusesAnotherVersion() {
    assertThatThrownBy(() -> StreamCodec.decode(HEX.decode("020c010101000100")))
        .isInstanceOf(OerException.class)
        .hasMessage("STREAM version: 2 (expected: 1)");
  }

  @Test
  void refusesEveryPacketCutShort() {
    originalPackets()
        .map(vector -> HEX.decode(vector.get("clear").asText()))
        .filter(bytes -> bytes.length < 200)
        .forEach(
            bytes -> {
              for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> StreamCodec.decode(cut)).isInstanceOf(OerException.class);
              }
            });
  }

  @Test
  void refusesMoreFramesThanThereAreBytes() {
    byte[] bytes = HEX.decode("010c" + "0101" + "0100" + "08ffffffffffffffff" + "03020100");

    assertThatThrownBy(() -> StreamCodec.decode(bytes)).isInstanceOf(OerException.class);
  }

  @Test
  void decryptsOnlyWhatWasEncryptedWithItsKeys() {
    StreamKeys keys = StreamKeys.of(new byte[32]);
    byte[] data = keys.encrypt(new byte[] {1, 2, 3}, new SecureRandom());

    assertThat(keys.decrypt(data)).contains(new byte[] {1, 2, 3});
    assertThat(StreamKeys.of(Bytes.concat(new byte[31], new byte[] {1})).decrypt(data)).isEmpty();
    for (int i = 0; i < data.length; i++) {
      byte[] garbled = data.clone();
      garbled[i] ^= 1;
      assertThat(keys.decrypt(garbled)).isEmpty();
    }
    assertThat(keys.decrypt(new byte[27])).isEmpty();
  }

  private static long unsigned(JsonNode number) {
    return Long.parseUnsignedLong(number.asText());
  }

  static Stream<JsonNode> rfcPackets() {
    return elements(read("rfc29-stream-packets.json"));
  }

  static Stream<JsonNode> originalPackets() {
    return elements(original().get("packets"));
  }

  private static JsonNode original() {
    return read("ilp-protocol-stream-1.8.9.json");
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static JsonNode read(String name) {
    try (InputStream in = StreamCodecTest.class.getResourceAsStream(name)) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
