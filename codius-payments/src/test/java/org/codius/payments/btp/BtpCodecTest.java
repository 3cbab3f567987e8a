package org.codius.payments.btp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.io.BaseEncoding;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.codius.payments.ilp.OerException;
import org.junit.jupiter.api.Test;

class BtpCodecTest {

  private static final BaseEncoding HEX = BaseEncoding.base16().lowerCase();

  @Test
  void readsAndWritesEveryPacketAsTheOriginalsLibraryDoes() {
    vectors()
        .forEach(
            vector -> {
              String hex = vector.get("hex").asText();

              BtpPacket packet = BtpCodec.read(bytes(hex));

              assertThat(packet.getClass().getSimpleName().toLowerCase(Locale.ROOT))
                  .isEqualTo(vector.get("kind").asText().replace("error", "failure"));
              assertThat(written(packet)).isEqualTo(hex);
            });
  }

  @Test
  void readsWhatTheOriginalsClientLogsInWith() {
    String entries =
        "0103"
            + ("04" + text("auth") + "0000")
            + ("0d" + text("auth_username") + "0100")
            + ("0a" + text("auth_token") + "0102" + text("ab"));
    ByteBuf packet = bytes("06e0b349d3" + "28" + entries);

    BtpPacket message = BtpCodec.read(packet);

    assertThat(message.requestId()).isEqualTo(0xe0b349d3);
    assertThat(message.find("auth_token").orElseThrow().asText()).isEqualTo("ab");
    assertThat(message.find("auth_token").orElseThrow().contentType()).isEqualTo(1);
    assertThat(message.find("auth_username").orElseThrow().asText()).isEmpty();
  }

  @Test
  void readsTheTimeOfAnError() {
    BtpPacket.Failure failure =
        BtpPacket.Failure.notAccepted(7, Instant.parse("2018-06-01T00:00:00.125Z"), "why");

    assertThat(BtpCodec.read(bytes(written(failure)))).isEqualTo(failure);
  }

  @Test
  void refusesEveryPacketCutShort() {
    vectors()
        .forEach(
            vector -> {
              String hex = vector.get("hex").asText();
              for (int length = 0; length < hex.length(); length += 2) {
                ByteBuf cut = bytes(hex.substring(0, length));
                assertThatThrownBy(() -> BtpCodec.read(cut)).isInstanceOf(OerException.class);
              }
            });
  }

  @Test
  void refusesMoreEntriesThanAPacketMayHave() {
    List<ProtocolData> entries = Collections.nCopies(17, ProtocolData.octets("ilp", new byte[0]));

    assertThatThrownBy(() -> BtpCodec.read(bytes(written(new BtpPacket.Message(1, entries)))))
        .isInstanceOf(OerException.class)
        .hasMessage("protocol data: more than 16 entries in one packet");
  }

  @Test
  void endsAConnectionThatSendsSomethingElse() {
    EmbeddedChannel channel = new EmbeddedChannel(new BtpFrameHandler());

    channel.writeInbound(new BinaryWebSocketFrame(bytes("0500000001020100")));

    assertThat(channel.isOpen()).isFalse();
    assertThat(channel.<Object>readOutbound()).isNull();
  }

  @Test
  void showsNoToken() {
    BtpPacket login =
        new BtpPacket.Message(1, List.of(ProtocolData.text(ProtocolData.AUTH_TOKEN, "secret")));

    assertThat(login.toString()).doesNotContain("secret");
  }

  private static String text(String text) {
    return HEX.encode(text.getBytes(UTF_8));
  }

  private static String written(BtpPacket packet) {
    ByteBuf out = Unpooled.buffer();
    BtpCodec.write(out, packet);
    return ByteBufUtil.hexDump(out);
  }

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(HEX.decode(hex));
  }

  private static Stream<JsonNode> vectors() {
    try (InputStream file = BtpCodecTest.class.getResourceAsStream("btp-js-v1.json")) {
      JsonNode vectors = new ObjectMapper().readTree(file).get("btp");
      assertThat(vectors).hasSize(16);
      return Stream.iterate(0, i -> i < vectors.size(), i -> i + 1).map(vectors::get);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
