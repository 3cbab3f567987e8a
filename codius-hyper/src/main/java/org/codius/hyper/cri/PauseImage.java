package org.codius.hyper.cri;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The image a pod's sandbox is made from: one static program that waits.
 *
 * <p>The sandbox's process holds the pod's namespaces while its containers come and go. Written
 * here, byte by byte, so that nothing has to be pulled before the first pod: an ELF file of one
 * segment (System V ABI, chapter 4) in an OCI image layout 1.0.
 */
final class PauseImage {

  static final String NAME = "codius.local/pause:1";

  private static final int ELF_HEADER = 64;
  private static final int PROGRAM_HEADER = 56;
  private static final long LOAD_ADDRESS = 0x400000;
  private static final int READ_AND_EXECUTE = 5;

  /** {@code mov eax, 34 (pause); syscall; jmp} to the start. */
  private static final String CODE_X86_64 = "b8220000000f05ebf7";

  /** {@code ppoll(0, 0, 0, 0)}, as there is no pause on this machine, and back to the start. */
  private static final String CODE_AARCH64 =
      "000080d2" + "010080d2" + "020080d2" + "030080d2" + "280980d2" + "010000d4" + "faffff17";

  private PauseImage() {}

  /** The machines it can be made for. */
  enum Machine {
    X86_64("amd64", 62, CODE_X86_64),
    AARCH64("arm64", 183, CODE_AARCH64);

    private final String ociName;
    private final int elfNumber;
    private final String code;

    Machine(String ociName, int elfNumber, String code) {
      this.ociName = ociName;
      this.elfNumber = elfNumber;
      this.code = code;
    }

    /** Returns the machine that {@code program}, an ELF file of the host, is for. */
    static Machine of(byte[] program) {
      int number = program.length < 20 ? 0 : (program[18] & 0xff) | (program[19] & 0xff) << 8;
      for (Machine machine : values()) {
        if (machine.elfNumber == number) {
          return machine;
        }
      }
      throw new IllegalArgumentException(
          "machine: ELF number " + number + " (expected: x86-64 or AArch64)");
    }
  }

  /** Returns the image as an archive that {@code ctr images import} takes. */
  static byte[] archive(Machine machine) {
    byte[] layer = new TarArchive().file("pause", 0755, program(machine)).toByteArray();
    byte[] config =
        json(
            "{'architecture':'%s','os':'linux','config':{'Entrypoint':['/pause']},"
                + "'rootfs':{'type':'layers','diff_ids':['%s']},'history':[]}",
            machine.ociName, digest(layer));
    byte[] manifest =
        json(
            "{'schemaVersion':2,'mediaType':'application/vnd.oci.image.manifest.v1+json',"
                + "'config':{'mediaType':'application/vnd.oci.image.config.v1+json','digest':'%s','size':%s},"
                + "'layers':[{'mediaType':'application/vnd.oci.image.layer.v1.tar','digest':'%s','size':%s}]}",
            digest(config), config.length, digest(layer), layer.length);
    byte[] index =
        json(
            "{'schemaVersion':2,'manifests':[{'mediaType':'application/vnd.oci.image.manifest.v1+json',"
                + "'digest':'%s','size':%s,'annotations':{'io.containerd.image.name':'%s'}}]}",
            digest(manifest), manifest.length, NAME);
    return new TarArchive()
        .file("oci-layout", 0644, json("{'imageLayoutVersion':'1.0.0'}"))
        .file("index.json", 0644, index)
        .file(blob(manifest), 0644, manifest)
        .file(blob(config), 0644, config)
        .file(blob(layer), 0644, layer)
        .toByteArray();
  }

  /** Returns the program: an ELF header, one program header, and the code. */
  static byte[] program(Machine machine) {
    byte[] code = HexFormat.of().parseHex(machine.code);
    int size = ELF_HEADER + PROGRAM_HEADER + code.length;
    ByteBuffer elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0); // 64 bit, little-endian
    elf.putShort((short) 2).putShort((short) machine.elfNumber).putInt(1); // executable
    elf.putLong(LOAD_ADDRESS + ELF_HEADER + PROGRAM_HEADER); // entry point
    elf.putLong(ELF_HEADER).putLong(0).putInt(0); // program headers, no section headers, flags
    elf.putShort((short) ELF_HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 1);
    elf.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    elf.putInt(1).putInt(READ_AND_EXECUTE); // load the whole file
    elf.putLong(0).putLong(LOAD_ADDRESS).putLong(LOAD_ADDRESS);
    elf.putLong(size).putLong(size).putLong(0x1000);
    return elf.put(code).array();
  }

  private static String blob(byte[] content) {
    return "blobs/sha256/" + digest(content).substring("sha256:".length());
  }

  private static byte[] json(String template, Object... values) {
    return template.replace('\'', '"').formatted(values).getBytes(StandardCharsets.UTF_8);
  }

  static String digest(byte[] content) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
