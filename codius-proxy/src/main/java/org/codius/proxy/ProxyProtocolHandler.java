package org.codius.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns from a trusted proxy in front of us who the client is: the PROXY protocol, version 1 or 2
 * (HAProxy, {@code doc/proxy-protocol.txt}). What does not begin with it passes as it is.
 *
 * <p>Removes itself when it knows. Confined to the channel's event loop.
 */
final class ProxyProtocolHandler extends ByteToMessageDecoder {

  private static final Logger log = LoggerFactory.getLogger(ProxyProtocolHandler.class);

  private static final byte[] LINE = "PROXY ".getBytes(US_ASCII);
  private static final byte[] SIGNATURE = {
    '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'
  };
  private static final int MAX_LINE = 107;
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
  private static final int HEADER = 16;

  /** Most bytes after a version 2 header; addresses take 36, the rest are notes nobody reads. */
  private static final int MAX_AFTER_HEADER = 2048;

  private static final int COMMAND_LOCAL = 0x20;
  private static final int COMMAND_PROXY = 0x21;
  private static final int FAMILY_IPV4 = 1;
  private static final int FAMILY_IPV6 = 2;

  private final Client client;

  ProxyProtocolHandler(Client client) {
    this.client = client;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    boolean isDone;
    if (begins(in, LINE)) {
      isDone = line(in);
    } else if (begins(in, SIGNATURE)) {
      isDone = header(in);
    } else {
      isDone = true;
    }
    if (isDone) {
      ctx.pipeline().remove(this); // what follows goes on to the next handler
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("PROXY header refused client={} reason={}", client, cause.getMessage());
    ctx.close();
  }

  /** Whether the bytes so far are, or may become, that beginning. */
  private static boolean begins(ByteBuf in, byte[] beginning) {
    int known = Math.min(in.readableBytes(), beginning.length);
    for (int i = 0; i < known; i++) {
      if (in.getByte(in.readerIndex() + i) != beginning[i]) {
        return false;
      }
    }
    return true;
  }

  /** Version 1: {@code PROXY TCP4 192.0.2.1 192.0.2.2 51234 443 CR LF}. */
  private boolean line(ByteBuf in) {
    int from = in.readerIndex();
    int lf = in.indexOf(from, from + Math.min(in.readableBytes(), MAX_LINE), (byte) '\n');
    if (lf < 0) {
      if (in.readableBytes() >= MAX_LINE) {
        throw new DecoderException("PROXY line is longer than " + MAX_LINE + " bytes");
      }
      return false;
    }
    String line = in.readCharSequence(lf + 1 - from, US_ASCII).toString();
    if (!line.endsWith("\r\n")) {
      throw new DecoderException("PROXY line is malformed");
    }
    String[] words = line.substring(0, line.length() - 2).split(" ", -1);
    if (words[1].equals("UNKNOWN")) {
      return true;
    }
    if (words.length != 6 || !(words[1].equals("TCP4") || words[1].equals("TCP6"))) {
      throw new DecoderException("PROXY line is malformed");
    }
    boolean isIpv4 = words[1].equals("TCP4");
    InetAddress source = address(words[2], isIpv4);
    address(words[3], isIpv4);
    if (!PORT.matcher(words[4]).matches() || !PORT.matcher(words[5]).matches()) {
      throw new DecoderException("PROXY line names no port");
    }
    client.is(source);
    client.admit();
    return true;
  }

  private static InetAddress address(String word, boolean isIpv4) {
    boolean isAddress =
        isIpv4 ? NetUtil.isValidIpV4Address(word) : NetUtil.isValidIpV6Address(word);
    if (!isAddress || word.indexOf('[') >= 0 || word.indexOf('%') >= 0) {
      throw new DecoderException("PROXY line names no address of its kind");
    }
    return Subnet.parse(word).address();
  }

  /** Version 2: signature, command, family, length, addresses and notes. */
  private boolean header(ByteBuf in) {
    if (in.readableBytes() < HEADER) {
      return false;
    }
    int from = in.readerIndex();
    int command = in.getUnsignedByte(from + 12);
    int family = in.getUnsignedByte(from + 13) >> 4;
    int after = in.getUnsignedShort(from + 14);
    if (command != COMMAND_LOCAL && command != COMMAND_PROXY) {
      throw new DecoderException("PROXY command is neither LOCAL nor PROXY");
    }
    if (after > MAX_AFTER_HEADER) {
      throw new DecoderException("PROXY header is longer than " + MAX_AFTER_HEADER + " bytes");
    }
    if (in.readableBytes() < HEADER + after) {
      return false;
    }
    in.skipBytes(HEADER);
    ByteBuf block = in.readSlice(after);
    if (command == COMMAND_PROXY && (family == FAMILY_IPV4 || family == FAMILY_IPV6)) {
      byte[] source = new byte[family == FAMILY_IPV4 ? 4 : 16];
      if (after < 2 * source.length + 4) {
        throw new DecoderException("PROXY header is too short for its addresses");
      }
      block.readBytes(source);
      try {
        client.is(InetAddress.getByAddress(source));
        client.admit();
      } catch (UnknownHostException e) {
        throw new DecoderException("PROXY header names no address", e);
      }
    }
    return true;
  }
}
