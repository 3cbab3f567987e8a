package org.codius.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF, which a text block hides
class CookiesTest {

  private static final String NAME = "a".repeat(52) + ".codius.example";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=1",
        "a=1; Path=/; HttpOnly",
        "a=domain=x; Secure",
        "a=1; Domain=NAME",
        "a=1; domain = .NAME ; Path=/",
        "a=1;DOMAIN=sub.NAME",
        "a=1; Domain=; Path=/"
      })
  void aPodMaySetItsOwn(String cookie) {
    assertThat(Cookies.isOwn(cookie.replace("NAME", NAME), NAME)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=1; Domain=codius.example",
        "a=1; Domain=.codius.example",
        "a=1; domain=EXAMPLE",
        "a=1; Domain=xNAME",
        "a=1; Domain=NAME; Domain=codius.example",
        "a=1; Domain=codius.example; Domain=NAME",
        "a=1;\tDomain\t=\tcodius.example",
        "a=1; Domain=\"NAME\""
      })
  void aPodMayNotSetItsNeighbours(String cookie) {
    assertThat(Cookies.isOwn(cookie.replace("NAME", NAME), NAME)).isFalse();
  }

  @Test
  void theOthersOfAnAnswerGoThrough() throws IOException {
    try (ProxyUnderTest proxy = new ProxyUnderTest();
        RawPod pod =
            RawPod.answering(
                "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2; domain=codius.example\r\n"
                    + "Set-Cookie: c=3; Path=/\r\nContent-Length: 0\r\n\r\n");
        Wire client = proxy.client()) {
      proxy.routes.put("a".repeat(52), pod.address());

      String head =
          client
              .send(ProxyUnderTest.get(NAME.toUpperCase(Locale.ROOT) + ".:8443", "/"))
              .answer()
              .head();

      assertThat(head).contains("a=1", "c=3").doesNotContain("b=2");
    }
  }
}
