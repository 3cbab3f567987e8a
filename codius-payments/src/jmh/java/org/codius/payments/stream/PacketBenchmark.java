package org.codius.payments.stream;

import com.google.common.primitives.UnsignedLong;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.codius.payments.ilp.IlpCodec;
import org.interledger.codecs.ilp.InterledgerCodecContextFactory;
import org.interledger.codecs.stream.StreamCodecContextFactory;
import org.interledger.core.InterledgerAddress;
import org.interledger.core.InterledgerFulfillPacket;
import org.interledger.core.InterledgerFulfillment;
import org.interledger.core.InterledgerPreparePacket;
import org.interledger.core.SharedSecret;
import org.interledger.encoding.asn.framework.CodecContext;
import org.interledger.stream.StreamUtils;
import org.interledger.stream.crypto.JavaxStreamEncryptionService;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a receiver does with each packet that pays it, on one core: decode the Prepare, decrypt and
 * decode the STREAM packet in it, compute the fulfilment, compare it with the condition, encode the
 * Fulfill. By our codecs, and by Quilt's.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class PacketBenchmark {

  private static final byte[] SECRET = new byte[32];

  private final StreamKeys keys = StreamKeys.of(SECRET);
  private final SharedSecret secret = SharedSecret.of(SECRET);
  private final CodecContext ilp = InterledgerCodecContextFactory.oer();
  private final CodecContext stream = StreamCodecContextFactory.oer();
  private final JavaxStreamEncryptionService encryption = new JavaxStreamEncryptionService();
  private byte[] prepare = {};

  @Setup
  public void makePacket() {
    StreamPacket packet =
        new StreamPacket(
            StreamPacket.PREPARE,
            12,
            1_000_000,
            List.of(
                new Frame.StreamMoney(1, 1_000_000),
                new Frame.StreamMaxMoney(1, 0, 0),
                new Frame.StreamMaxData(1, 16_384)));
    byte[] data = keys.encrypt(StreamCodec.encode(packet), new SecureRandom());
    prepare =
        IlpCodec.encode(
            InterledgerPreparePacket.builder()
                .amount(UnsignedLong.valueOf(1_000_000))
                .expiresAt(Instant.parse("2026-01-01T00:00:30Z"))
                .executionCondition(keys.fulfillment(data).getCondition())
                .destination(
                    InterledgerAddress.of(
                        "private.moneyd.local.host.bG9vayBhd2F5IG5vdGhpbmcgdG8gc2Vl"))
                .data(data)
                .build());
  }

  /** Returns the size of the packet, in bytes. */
  int size() {
    makePacket();
    return prepare.length;
  }

  @Benchmark
  public byte[] ours() {
    InterledgerPreparePacket packet = (InterledgerPreparePacket) IlpCodec.decode(prepare);
    byte[] data = packet.getData();
    StreamPacket inner = StreamCodec.decode(keys.decrypt(data).orElseThrow());
    InterledgerFulfillment fulfilment = keys.fulfillment(data);
    require(fulfilment, packet, inner.frames().size());
    return IlpCodec.encode(
        InterledgerFulfillPacket.builder().fulfillment(fulfilment).data(new byte[0]).build());
  }

  @Benchmark
  public byte[] quilt() throws IOException {
    InterledgerPreparePacket packet =
        ilp.read(InterledgerPreparePacket.class, new ByteArrayInputStream(prepare));
    byte[] data = packet.getData();
    org.interledger.stream.StreamPacket inner =
        stream.read(
            org.interledger.stream.StreamPacket.class,
            new ByteArrayInputStream(encryption.decrypt(secret, data)));
    InterledgerFulfillment fulfilment = StreamUtils.generatedFulfillableFulfillment(secret, data);
    require(fulfilment, packet, inner.frames().size());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ilp.write(
        InterledgerFulfillPacket.builder().fulfillment(fulfilment).data(new byte[0]).build(), out);
    return out.toByteArray();
  }

  private static void require(
      InterledgerFulfillment fulfilment, InterledgerPreparePacket packet, int frames) {
    if (!fulfilment.getCondition().equals(packet.getExecutionCondition()) || frames != 3) {
      throw new IllegalStateException("not the packet that was made");
    }
  }
}
