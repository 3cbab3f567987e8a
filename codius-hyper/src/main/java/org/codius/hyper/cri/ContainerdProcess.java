package org.codius.hyper.cri;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.codius.hyper.host.HostProgram;

/**
 * Starts a private containerd and finds it again.
 *
 * <p>It is known by the path of its configuration on its command line, which no other has. That
 * finds it also where a note of its process id would be missing, because we died first, or wrong,
 * because the id was given to another process since.
 */
final class ContainerdProcess {

  /** What of our environment containerd gets: how to reach registries, no secret of ours. */
  private static final Set<String> PROXY_VARIABLES =
      Set.of("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy");

  private static final Duration POLL = Duration.ofMillis(20);
  private static final long MOST_LOG_BYTES = 4 << 20;

  private ContainerdProcess() {}

  static Optional<ProcessHandle> find(ContainerdFiles files) {
    return withArgument(files.config().toString())
        .filter(ContainerdProcess::isContainerd)
        .findFirst();
  }

  private static boolean isContainerd(ProcessHandle process) {
    return commandLine(process).stream()
        .findFirst()
        .map(program -> Path.of(program).getFileName())
        .filter(name -> name.toString().equals("containerd"))
        .isPresent();
  }

  /** Returns the processes, one per sandbox, that stand between containerd and its containers. */
  static List<ProcessHandle> findShims(ContainerdFiles files) {
    return withArgument(files.socket().toString())
        .filter(
            process ->
                commandLine(process).stream()
                    .findFirst()
                    .filter(program -> program.contains("containerd-shim"))
                    .isPresent())
        .toList();
  }

  static ProcessHandle spawn(ContainerdPrograms programs, ContainerdFiles files)
      throws IOException {
    if (Files.exists(files.log()) && Files.size(files.log()) > MOST_LOG_BYTES) {
      Files.delete(files.log());
    }
    List<String> command = new ArrayList<>();
    Optional<ProcessHandle> elsewhere = inAnotherMountNamespace(findShims(files));
    if (elsewhere.isPresent()) {
      // Seen: from ours it takes the pods up without their network.
      command.add(programs.nsenter().path().toString());
      command.add("--mount=/proc/" + elsewhere.get().pid() + "/ns/mnt");
    }
    // A session of its own: a Ctrl-C in our terminal is not for it. It keeps no pipe to us.
    command.add(programs.setsid().path().toString());
    command.add(programs.containerd().path().toString());
    command.add("--config");
    command.add(files.config().toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().retainAll(PROXY_VARIABLES);
    builder
        .environment()
        .put(
            "PATH",
            HostProgram.FOLDERS.stream().map(Path::toString).collect(Collectors.joining(":")));
    return builder
        .directory(files.root().toFile())
        .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
        .redirectOutput(Redirect.appendTo(files.log().toFile()))
        .redirectErrorStream(true)
        .start()
        .toHandle();
  }

  /** Waits until somebody accepts connections at the socket. */
  static void awaitSocket(ContainerdFiles files, ProcessHandle process, Duration timeout)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!isListening(files.socket())) {
      if (!process.isAlive()) {
        throw new IOException("it ended at once: " + lastComplaint(files.log()));
      }
      if (System.nanoTime() > deadline) {
        throw new IOException("its socket did not open within " + timeout);
      }
      Thread.sleep(POLL.toMillis());
    }
  }

  private static boolean isListening(Path socket) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return channel.isConnected();
    } catch (IOException e) {
      return false; // not there yet, or left behind by a dead one
    }
  }

  private static String lastComplaint(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
  }

  /** Ends the process, by force if it does not listen. */
  static void end(ProcessHandle process, Duration timeout) throws InterruptedException {
    process.destroy();
    if (!hasEnded(process, timeout)) {
      process.destroyForcibly();
      hasEnded(process, timeout);
    }
  }

  private static boolean hasEnded(ProcessHandle process, Duration timeout)
      throws InterruptedException {
    try {
      process.onExit().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError("a process just ends", e);
    }
  }

  /** Returns a process of those that sees other file systems than we do, if there is one. */
  private static Optional<ProcessHandle> inAnotherMountNamespace(List<ProcessHandle> processes)
      throws IOException {
    Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"));
    for (ProcessHandle process : processes) {
      Path its = Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "ns/mnt"));
      if (!its.equals(ours)) {
        return Optional.of(process);
      }
    }
    return Optional.empty();
  }

  private static java.util.stream.Stream<ProcessHandle> withArgument(String argument) {
    return ProcessHandle.allProcesses().filter(process -> commandLine(process).contains(argument));
  }

  private static List<String> commandLine(ProcessHandle process) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
      return Arrays.asList(line.split("\0"));
    } catch (IOException e) {
      return List.of(); // it ended meanwhile
    }
  }
}
