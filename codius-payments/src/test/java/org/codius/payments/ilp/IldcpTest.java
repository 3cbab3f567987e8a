package org.codius.payments.ilp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.io.BaseEncoding;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import org.codius.payments.Asset;
import org.interledger.codecs.ildcp.IldcpCodecContextFactory;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerFulfillment;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.ildcp.IldcpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IldcpTest {

  private static final BaseEncoding HEX = BaseEncoding.base16().lowerCase();

  @Test
  void asksWithTheConditionOfRfc31() {
    InterledgerPreparePacket request = Ildcp.request(Instant.parse("2026-01-01T00:00:00Z"));

    assertThat(Ildcp.isRequest(request)).isTrue();
    assertThat(HEX.encode(request.getExecutionCondition().getHash()))
        .isEqualTo("66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925");
    assertThat(request.getData()).isEmpty();
  }

  @Test
  void answersWhatQuiltReadsAndReadsItItself() throws IOException {
    Ildcp.Details details =
        new Ildcp.Details(InterledgerAddress.of("private.codius.a.local.b"), new Asset("XRP", 9));

    InterledgerFulfillPacket response = Ildcp.response(details);

    IldcpResponse theirs =
        IldcpCodecContextFactory.oer()
            .read(IldcpResponse.class, new ByteArrayInputStream(response.getData()));
    assertThat(theirs.getClientAddress()).isEqualTo(details.address());
    assertThat(theirs.getAssetCode()).isEqualTo("XRP");
    assertThat(theirs.getAssetScale()).isEqualTo((short) 9);
    assertThat(Ildcp.parse(response)).isEqualTo(details);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "06746573742e61", "06746573742e6109", "036162630903585250"})
  void refusesAnAnswerThatIsNone(String hex) {
    InterledgerFulfillPacket response =
        InterledgerFulfillPacket.builder()
            .fulfillment(InterledgerFulfillment.of(new byte[32]))
            .data(HEX.decode(hex))
            .build();

    assertThatThrownBy(() -> Ildcp.parse(response)).isInstanceOf(OerException.class);
  }
}
