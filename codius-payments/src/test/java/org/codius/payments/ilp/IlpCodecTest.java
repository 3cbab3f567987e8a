package org.codius.payments.ilp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.io.BaseEncoding;
import com.google.common.primitives.UnsignedLong;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;
import org.interledger.codecs.ilp.InterledgerCodecContextFactory;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerCondition;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerPacket;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.InterledgerRejectPacket;
import org.interledger.encoding.asn.framework.CodecContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IlpCodecTest {

  private static final BaseEncoding HEX = BaseEncoding.base16().lowerCase();
  private static final CodecContext QUILT = InterledgerCodecContextFactory.oer();
  private static final String NO_ADDRESS = "";

  @Test
  void readsEveryPacketOfTheOriginalsLibraries() {
    vectors()
        .forEach(
            vector -> {
              InterledgerPacket packet = IlpCodec.decode(bytes(vector.get("hex")));

              assertThat(fieldsOf(packet))
                  .as(vector.get("kind").asText())
                  .isEqualTo(fields(vector));
            });
  }

  @Test
  void writesEveryPacketAsTheOriginalsLibrariesDo() {
    vectors()
        .forEach(
            vector -> {
              byte[] bytes = bytes(vector.get("hex"));

              assertThat(IlpCodec.encode(IlpCodec.decode(bytes))).isEqualTo(bytes);
            });
  }

  @Test
  void agreesWithQuiltOnEveryPacket() {
    vectors()
        .forEach(
            vector -> {
              byte[] bytes = bytes(vector.get("hex"));
              InterledgerPacket theirs = readByQuilt(bytes);

              assertThat(IlpCodec.decode(bytes)).isEqualTo(theirs);
              assertThat(IlpCodec.encode(theirs)).isEqualTo(writtenByQuilt(theirs));
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"F42", "T77", "Z99", "\u00ff\u0000!"})
  void keepsARejectCodeItDoesNotKnow(String code) {
    InterledgerRejectPacket reject =
        InterledgerRejectPacket.builder().code(RejectCode.of(code)).message("why").build();

    InterledgerPacket read = IlpCodec.decode(IlpCodec.encode(reject));

    assertThat(((InterledgerRejectPacket) read).getCode().getCode()).isEqualTo(code);
    assertThat(IlpCodec.encode(read)).isEqualTo(IlpCodec.encode(reject));
  }

  @Test
  void takesARejectTriggeredByNoAddress() {
    byte[] bytes = HEX.decode("0e0d" + "463032" + "06" + "6e6f20776179" + "016d" + "00");

    InterledgerRejectPacket reject = (InterledgerRejectPacket) IlpCodec.decode(bytes);

    assertThat(reject.getTriggeredBy()).isEmpty();
    assertThat(reject.getMessage()).isEqualTo("m");
  }

  @Test
  void ignoresBytesItDoesNotKnowAtTheEndOfTheContents() {
    byte[] bytes = HEX.decode("0e08" + "463032" + "00" + "00" + "00" + "ffff");

    assertThat(IlpCodec.decode(bytes)).isInstanceOf(InterledgerRejectPacket.class);
  }

  @Test
  void refusesEveryPacketCutShort() {
    byte[] bytes = IlpCodec.encode(prepare("test.a.b", new byte[200]));

    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> IlpCodec.decode(cut)).isInstanceOf(OerException.class);
      if (length >= 3) {
        byte[] lying = cut.clone(); // the length says it is whole
        lying[1] = (byte) 0x81;
        lying[2] = (byte) Math.max(0x80, length - 3);
        assertThatThrownBy(() -> IlpCodec.decode(lying)).isInstanceOf(OerException.class);
      }
    }
  }

  @Test
  void refusesWhatFollowsAPacket() {
    byte[] bytes = IlpCodec.encode(prepare("test.a.b", new byte[0]));

    assertThatThrownBy(() -> IlpCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
        .isInstanceOf(OerException.class)
        .hasMessage("packet: 1 bytes after its end");
  }

  @Test
  void refusesMoreThan32767BytesOfDataBothWays() {
    InterledgerPreparePacket large = prepare("test.a.b", new byte[32_768]);

    assertThatThrownBy(() -> IlpCodec.encode(large)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> IlpCodec.decode(writtenByQuilt(large)))
        .isInstanceOf(OerException.class)
        .hasMessage("length: 32768 (expected: at most 32767)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {NO_ADDRESS, "test", "test..a", "test.a.", "other.a", "test.a b", "test.é"})
  void refusesADestinationThatIsNoAddress(String destination) {
    byte[] name = destination.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    byte[] good = IlpCodec.encode(prepare("test.abcde", new byte[0]));
    byte[] bytes = new byte[good.length - 10 + name.length];
    System.arraycopy(good, 0, bytes, 0, good.length - 12);
    bytes[1] = (byte) (good[1] - 10 + name.length);
    bytes[good.length - 12] = (byte) name.length;
    System.arraycopy(name, 0, bytes, good.length - 11, name.length);

    assertThatThrownBy(() -> IlpCodec.decode(bytes))
        .isInstanceOf(OerException.class)
        .hasMessageStartingWith("destination: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"20260231000000000", "2026010100000000x", "20261301000000000"})
  void refusesAnExpiryThatIsNoInstant(String digits) {
    assertThatThrownBy(() -> IlpTimestamp.parse(digits))
        .isInstanceOf(OerException.class)
        .hasMessageStartingWith("expiry: ");
  }

  @Test
  void refusesATypeItDoesNotKnow() {
    assertThatThrownBy(() -> IlpCodec.decode(new byte[] {11, 1, 0}))
        .isInstanceOf(OerException.class)
        .hasMessage("packet type: 11 (expected: 12, 13 or 14)");
  }

  private static InterledgerPreparePacket prepare(String destination, byte[] data) {
    return InterledgerPreparePacket.builder()
        .amount(UnsignedLong.MAX_VALUE)
        .expiresAt(Instant.parse("2026-12-31T23:59:59.999Z"))
        .executionCondition(InterledgerCondition.of(new byte[32]))
        .destination(InterledgerAddress.of(destination))
        .data(data)
        .build();
  }

  private static String fieldsOf(InterledgerPacket packet) {
    String data = HEX.encode(packet.getData());
    if (packet instanceof InterledgerPreparePacket prepare) {
      return String.join(
          " ",
          prepare.getAmount().toString(),
          HEX.encode(prepare.getExecutionCondition().getHash()),
          prepare.getExpiresAt().toString(),
          prepare.getDestination().getValue(),
          data);
    }
    if (packet instanceof InterledgerFulfillPacket fulfill) {
      return HEX.encode(fulfill.getFulfillment().getPreimage()) + " " + data;
    }
    InterledgerRejectPacket reject = (InterledgerRejectPacket) packet;
    return String.join(
        " ",
        reject.getCode().getCode(),
        reject.getTriggeredBy().map(InterledgerAddress::getValue).orElse(NO_ADDRESS),
        reject.getMessage(),
        data);
  }

  private static String fields(JsonNode vector) {
    JsonNode f = vector.get("f");
    return switch (vector.get("kind").asText()) {
      case "prepare" ->
          String.join(
              " ",
              f.get("amount").asText(),
              f.get("cond").asText(),
              Instant.parse(f.get("exp").asText()).toString(),
              f.get("dest").asText(),
              f.get("data").asText());
      case "fulfill" -> f.get("ff").asText() + " " + f.get("data").asText();
      default ->
          String.join(
              " ",
              f.get("code").asText(),
              f.get("tb").asText(),
              f.get("m").asText(),
              f.get("data").asText());
    };
  }

  private static InterledgerPacket readByQuilt(byte[] bytes) {
    try {
      return QUILT.read(InterledgerPacket.class, new ByteArrayInputStream(bytes));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] writtenByQuilt(InterledgerPacket packet) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      QUILT.write(packet, out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] bytes(JsonNode hex) {
    return HEX.decode(hex.asText());
  }

  private static Stream<JsonNode> vectors() {
    try (InputStream file = IlpCodecTest.class.getResourceAsStream("ilp-js-v1.json")) {
      JsonNode vectors = new ObjectMapper().readTree(file).get("ilp");
      assertThat(vectors).hasSize(576);
      return Stream.iterate(0, i -> i < vectors.size(), i -> i + 1).map(vectors::get);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
