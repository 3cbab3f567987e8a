package org.codius.proxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a good head means; {@link SmugglingTest} has the bad ones. */
class RequestParserTest {

  private static RequestHead parse(String head) throws RefusedException {
    return RequestParser.parse(head.getBytes(ISO_8859_1), 100, Host.NONE);
  }

  private static RequestHead with(String lines) throws RefusedException {
    return parse("GET / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n");
  }

  @Test
  void keepsTheTargetAsItIs() throws RefusedException {
    RequestHead head = parse("GET //a/../b?c=%zz&d=|\"<> HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");

    assertThat(head.target()).isEqualTo("//a/../b?c=%zz&d=|\"<>");
    assertThat(head.host()).isEqualTo(new Host("[::1]:80", "[::1]", null));
  }

  @Test
  void makesAUrlAPath() throws RefusedException {
    assertThat(parse("GET http://H:80/a?b HTTP/1.1\r\nHost: h:80\r\n\r\n").target())
        .isEqualTo("/a?b");
    assertThat(parse("GET HTTPS://h?b HTTP/1.1\r\nHost: h\r\n\r\n").target()).isEqualTo("/?b");
    assertThat(parse("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n").target()).isEqualTo("/");
  }

  @Test
  void knowsWhetherTheConnectionGoesOn() throws RefusedException {
    assertThat(with("").keepsAlive()).isTrue();
    assertThat(with("Connection: Close\r\n").keepsAlive()).isFalse();
    assertThat(with("Connection: x\r\nConnection: y, close\r\n").keepsAlive()).isFalse();
    assertThat(parse("GET / HTTP/1.0\r\n\r\n").keepsAlive()).isFalse();
    assertThat(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keepsAlive()).isTrue();
  }

  @Test
  void readsTheConnectionsOptions() throws RefusedException {
    ConnectionOptions options = with("Connection: A, ,keep-alive , b,Upgrade\r\n").connection();

    assertThat(options).isEqualTo(new ConnectionOptions(false, true, true, List.of("a", "b")));
  }

  @Test
  void upgradesOnlyWhenConnectionSaysSoAndNothingElseIsSent() throws RefusedException {
    assertThat(with("Upgrade: x\r\nConnection: upgrade\r\n").upgrade()).isEqualTo("x");
    assertThat(with("Upgrade: x\r\n").upgrade()).isNull();
    assertThat(with("Connection: upgrade\r\n").upgrade()).isNull();
    assertThat(with("Upgrade: x\r\nConnection: upgrade\r\nContent-Length: 1\r\n").upgrade())
        .isNull();
    assertThat(with("Upgrade: websocket, h2c\r\nConnection: upgrade\r\n").upgrade()).isNull();
  }

  @Test
  void repeatsOnlyWhatChangesNothing() throws RefusedException {
    assertThat(with("").isRepeatable()).isTrue();
    assertThat(with("Content-Length: 1\r\n").isRepeatable()).isFalse();
    assertThat(parse("POST / HTTP/1.1\r\nHost: h\r\n\r\n").isRepeatable()).isFalse();
  }

  @Test
  void readsLengths() throws RefusedException {
    assertThat(with("").length()).isZero();
    assertThat(with("Content-Length:  012\t\r\n").length()).isEqualTo(12);
    assertThat(with("Content-Length: 999999999999999999\r\n").length())
        .isEqualTo(999_999_999_999_999_999L);
    assertThat(with("transfer-ENCODING: CHUNKED\r\n").length()).isEqualTo(Body.CHUNKED);
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> with("Content-Length: x\r\n"))
        .isInstanceOf(RefusedException.class)
        .hasMessage("Content-Length is not a number of at most 18 digits");
  }
}
