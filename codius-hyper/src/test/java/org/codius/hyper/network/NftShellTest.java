package org.codius.hyper.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With programs that stand in for {@code nft}; the real one is asked in {@code PodFirewallLabIT}.
 */
class NftShellTest {

  /** Says of each command which process carries it out. */
  private static final String GOOD =
      """
      while read -r command; do
        case "$command" in
          *codius_end_*) printf 'Error: No such file or directory\\n%s\\n   ^^^^\\n' "$command";;
          bad) echo 'Error: syntax error';;
          last) exit 0;;
          *) echo "$$ $HOME $command";;
        esac
      done
      """;

  @TempDir Path folder;
  private final NftShell shell = new NftShell();

  @Test
  void oneProcessCarriesOutCommandAfterCommand() throws Exception {
    Path nft = program(GOOD);

    String first = shell.run(nft, "list a").orElseThrow();
    String second = shell.run(nft, "list b").orElseThrow();

    assertThat(first).endsWith(" /dev/null list a\n");
    assertThat(second).isEqualTo(first.replace("list a", "list b"));
  }

  @Test
  void afterAThousandCommandsAnotherIsStartedAsItRemembersThemAll() throws Exception {
    Path nft = program(GOOD);
    Set<String> answers = new HashSet<>();

    for (int i = 0; i < 1000; i++) {
      answers.add(shell.run(nft, "list a").orElseThrow());
    }

    assertThat(answers).hasSize(1);
    assertThat(shell.run(nft, "list a")).isPresent().get().isNotIn(answers);
  }

  @Test
  void aCommandThatFailsIsLeftToOthersAndTheNextIsNot() throws Exception {
    Path nft = program(GOOD);

    assertThat(shell.run(nft, "bad")).isEmpty();
    assertThat(shell.run(nft, "list a")).isPresent();
  }

  @Test
  void afterItEndedAnotherIsStarted() throws Exception {
    Path nft = program(GOOD);
    String before = shell.run(nft, "list a").orElseThrow();

    assertThat(shell.run(nft, "last")).isEmpty();
    assertThat(shell.run(nft, "list a").orElseThrow()).isNotEqualTo(before);
  }

  @Test
  void oneThatDoesNotAnswerIsEndedAndOneWithoutCommandsIsNotTriedForEver() throws Exception {
    Path ran = folder.resolve("ran");
    Path nft =
        program("echo >> " + ran + "; [ -e " + folder.resolve("silent") + " ] && exec sleep 60");
    Files.createFile(folder.resolve("silent"));

    assertThat(shell.run(nft, "list a")).isEmpty();
    Files.delete(folder.resolve("silent"));
    for (int i = 0; i < 4; i++) {
      assertThat(shell.run(nft, "list a")).isEmpty();
    }

    assertThat(Files.readAllLines(ran)).hasSize(3);
  }

  private Path program(String script) throws Exception {
    Path file = folder.resolve("nft");
    Files.writeString(file, "#!/bin/sh\n" + script);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
