package org.codius.hyper.cri;

import com.google.common.primitives.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.codius.hyper.host.HostProgram;

/**
 * The image a pod's sandbox is made from: a static program that waits, and beside it one that
 * prints its {@code /proc/self/uid_map}, for {@link CriProbe}.
 *
 * <p>The sandbox's process holds the pod's namespaces while its containers come and go. Written
 * here, byte by byte, so that nothing has to be pulled before the first pod: ELF files of one
 * segment (System V ABI, chapter 4) in an OCI image layout 1.0.
 */
public final class PauseImage {

  /** The program that ends at once, with code 0. */
  public static final String PROBE = "/probe";

  static final String NAME = "codius.local/pause:2";

  private static final int ELF_HEADER = 64;
  private static final int PROGRAM_HEADER = 56;
  private static final long LOAD_ADDRESS = 0x400000;
  private static final int READ_AND_EXECUTE = 5;

  /** {@code mov eax, 34 (pause); syscall; jmp} to the start. */
  private static final String CODE_X86_64 = "b8220000000f05ebf7";

  /** {@code ppoll(0, 0, 0, 0)}, as there is no pause on this machine, and back to the start. */
  private static final String CODE_AARCH64 =
      "000080d2" + "010080d2" + "020080d2" + "030080d2" + "280980d2" + "010000d4" + "faffff17";

  /**
   * {@code write(1, buffer, read(open("/proc/self/uid_map"), buffer, 512)); exit(0)}, the buffer on
   * the stack; the path comes after the code.
   */
  private static final String PROBE_X86_64 =
      "b802000000" // mov eax, 2 (open)
          + "488d3d32000000" // lea rdi, [rip + 50] (the path)
          + "31f6" // xor esi, esi
          + "31d2" // xor edx, edx
          + "0f05" // syscall
          + "89c7" // mov edi, eax
          + "31c0" // xor eax, eax (read)
          + "4881ec00020000" // sub rsp, 512
          + "4889e6" // mov rsi, rsp
          + "ba00020000" // mov edx, 512
          + "0f05" // syscall
          + "89c2" // mov edx, eax
          + "b801000000" // mov eax, 1 (write)
          + "bf01000000" // mov edi, 1
          + "0f05" // syscall
          + "b83c000000" // mov eax, 60 (exit)
          + "31ff" // xor edi, edi
          + "0f05"; // syscall

  private static final String PROBE_AARCH64 =
      "600c8092" // mov x0, -100 (AT_FDCWD)
          + "41020010" // adr x1, 72 bytes on (the path)
          + "020080d2" // mov x2, 0
          + "030080d2" // mov x3, 0
          + "080780d2" // mov x8, 56 (openat)
          + "010000d4" // svc 0
          + "ff0308d1" // sub sp, sp, 512
          + "e1030091" // mov x1, sp
          + "024080d2" // mov x2, 512
          + "e80780d2" // mov x8, 63 (read)
          + "010000d4" // svc 0
          + "e20300aa" // mov x2, x0
          + "200080d2" // mov x0, 1
          + "e1030091" // mov x1, sp
          + "080880d2" // mov x8, 64 (write)
          + "010000d4" // svc 0
          + "000080d2" // mov x0, 0
          + "a80b80d2" // mov x8, 93 (exit)
          + "010000d4"; // svc 0

  private static final byte[] UID_MAP = "/proc/self/uid_map\0".getBytes(StandardCharsets.US_ASCII);

  private PauseImage() {}

  /** The machines it can be made for. */
  enum Machine {
    X86_64("amd64", 62, CODE_X86_64, PROBE_X86_64),
    AARCH64("arm64", 183, CODE_AARCH64, PROBE_AARCH64);

    private final String ociName;
    private final int elfNumber;
    private final String pause;
    private final String probe;

    Machine(String ociName, int elfNumber, String pause, String probe) {
      this.ociName = ociName;
      this.elfNumber = elfNumber;
      this.pause = pause;
      this.probe = probe;
    }

    static Machine of(Path program) throws IOException {
      try (InputStream in = Files.newInputStream(program)) {
        return of(in.readNBytes(ELF_HEADER));
      }
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

  /**
   * Gives a containerd the image. Blocks.
   *
   * @param ctr its client; tells by its own file for which machine
   */
  static void give(HostProgram ctr, Path socket, String snapshotter, Duration timeout)
      throws IOException, InterruptedException {
    Path archive = Files.createTempFile("codius-pause", ".tar");
    try {
      Files.write(archive, archive(Machine.of(ctr.path())));
      ctr.run(
          timeout,
          "",
          List.of(
              "--address",
              socket.toString(),
              "--namespace",
              "k8s.io",
              "images",
              "import",
              "--snapshotter",
              snapshotter,
              archive.toString()));
    } finally {
      Files.delete(archive);
    }
  }

  /**
   * Returns the image for this machine as {@code docker save} would write it.
   *
   * @param name with a tag
   */
  public static byte[] dockerArchive(String name) throws IOException {
    Machine machine = Machine.of(Path.of("/proc/self/exe"));
    byte[] layer = layer(machine);
    byte[] config = config(machine, layer);
    byte[] manifest =
        json("[{'Config':'config.json','RepoTags':['%s'],'Layers':['layer.tar']}]", name);
    return new TarArchive()
        .file("config.json", 0644, config)
        .file("layer.tar", 0644, layer)
        .file("manifest.json", 0644, manifest)
        .toByteArray();
  }

  private static byte[] layer(Machine machine) {
    return new TarArchive()
        .file("pause", 0755, program(machine))
        .file("probe", 0755, probe(machine))
        .toByteArray();
  }

  private static byte[] config(Machine machine, byte[] layer) {
    return json(
        "{'architecture':'%s','os':'linux','config':{'Cmd':['/pause']},"
            + "'rootfs':{'type':'layers','diff_ids':['%s']},'history':[]}",
        machine.ociName, digest(layer));
  }

  /** Returns the image as an archive that {@code ctr images import} takes. */
  static byte[] archive(Machine machine) {
    byte[] layer = layer(machine);
    byte[] config = config(machine, layer);
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

  /** Returns the program that waits. */
  static byte[] program(Machine machine) {
    return program(machine, code(machine.pause));
  }

  /** Returns the program that prints its users' mapping. */
  static byte[] probe(Machine machine) {
    return program(machine, Bytes.concat(code(machine.probe), UID_MAP));
  }

  private static byte[] code(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /** Returns a program: an ELF header, one program header, and the code. */
  private static byte[] program(Machine machine, byte[] code) {
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
