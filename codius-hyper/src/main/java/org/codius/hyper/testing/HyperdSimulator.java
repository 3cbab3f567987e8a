package org.codius.hyper.testing;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.codius.hyper.ExecResult;
import org.codius.hyper.LogLine;

/**
 * A hyperd 1.1 that runs nothing: it answers on a unix socket as the real one was recorded to, its
 * defects included.
 *
 * <p>What processes would do, the test does: {@link #write}, {@link #exit}, {@link #answerExec}. Of
 * an archive that is loaded only the names and settings of its images are looked at, and services
 * fail, as they did where it was recorded. Safe for use by several threads.
 */
public final class HyperdSimulator implements AutoCloseable {

  private static final int MAX_BODY = 4 << 20;

  /** What hyperd took three seconds for. */
  private static final Duration LOG_LINGER = Duration.ofMillis(50);

  /** What may go wrong with a call that is carried out all the same. */
  public enum Fault {
    /** There is never an answer. */
    IS_SILENT,
    /** The connection is closed instead of an answer, as after a panic. */
    HANGS_UP
  }

  /** What a program does that is run in a container or machine, see {@link #answerExec}. */
  public interface Program {
    /**
     * Returns how it ends and what it wrote, or empty if it goes on to read.
     *
     * @param input all that it was given so far
     */
    Optional<ExecResult> run(List<String> command, String input, boolean isInputAtEnd);
  }

  private final SimulatedDaemon daemon;
  private final ConcurrentHashMap<String, Fault> faults = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Runnable> events = new ConcurrentHashMap<>();
  private final Path socket;
  private final ChannelGroup connections;
  private final Channel server;

  private HyperdSimulator(Path socket, EventLoopGroup group, String network) throws IOException {
    this.daemon = new SimulatedDaemon(SimulatedNetwork.parse(network));
    this.socket = socket;
    this.connections = new DefaultChannelGroup(group.next());
    Files.deleteIfExists(socket);
    this.server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerDomainSocketChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.add(channel);
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(MAX_BODY),
                            new SimulatorHandler(daemon, faults, events, LOG_LINGER.toMillis()));
                  }
                })
            .bind(UnixDomainSocketAddress.of(socket))
            .syncUninterruptibly()
            .channel();
  }

  /** Listens on {@code socket}, a file that must not be needed any more. */
  public static HyperdSimulator start(Path socket, EventLoopGroup group) throws IOException {
    return start(socket, group, "192.168.123.0/24");
  }

  /**
   * Starts the same with other addresses for its machines.
   *
   * @param network an IPv4 network, as {@code BridgeIP} in hyperd's configuration; hyperd's own has
   *     room for 253 pods
   */
  public static HyperdSimulator start(Path socket, EventLoopGroup group, String network)
      throws IOException {
    return new HyperdSimulator(socket, group, network);
  }

  /** Puts an image into its registry. */
  public void publish(SimulatedImage image) {
    withDaemon(state -> state.images.publish(image));
  }

  /** Puts an image where pods are made from, as if it had been pulled by its tag. */
  public void load(SimulatedImage image) {
    withDaemon(state -> state.images.load(image));
  }

  /** Lets pulls from {@code host} fail, under status 200 after they began. */
  public void failPullsInStream(String host, String error) {
    withDaemon(state -> state.images.failInStream(host, error));
  }

  /** Lets pulls from {@code host} fail at once. */
  public void failPullsAtOnce(String host, String error) {
    withDaemon(state -> state.images.failBeforeStream(host, error));
  }

  /** Lets the start of containers so named fail, and that of no other any more. */
  public void failStarts(Predicate<String> containers) {
    withDaemon(state -> state.startsFail = containers);
  }

  /** Lets pods created from now on be pending until the returned future is completed. */
  public CompletableFuture<Void> holdBoots() {
    CompletableFuture<Void> gate = new CompletableFuture<>();
    withDaemon(state -> state.bootGate = gate);
    return gate;
  }

  /** Lets the next call to {@code path}, with its query or to any of that path, end so. */
  public void failNext(String path, Fault fault) {
    faults.put(path, fault);
  }

  /**
   * Lets something happen just before the next call to {@code path}, with its query or to any of
   * that path, is carried out.
   */
  public void beforeNext(String path, Runnable event) {
    events.put(path, event);
  }

  /** Lets a container write a line. */
  public void write(String container, LogLine.Stream stream, String text) {
    withDaemon(state -> find(state, container).log.write(stream, text));
  }

  /** Lets a container's process end. */
  public void exit(String container, int exitCode) {
    withDaemon(state -> find(state, container).exit(exitCode, false));
  }

  /** Shows a prompt to those who are attached to a container's terminal. */
  public void show(String container, String text) {
    withDaemon(state -> find(state, container).log.show(text));
  }

  /** Lets a container's process end so when it is told to; it is 0 if never called. */
  public void exitOnTerminate(String container, int exitCode) {
    withDaemon(state -> state.exitCodesOnTerminate.put(container, exitCode));
  }

  /** Lets programs that are run in containers from now on do this. */
  public void answerExec(Program program) {
    withDaemon(state -> state.program = program);
  }

  /** Returns the address a pod really has, whatever is told. */
  String addressOf(String podId) {
    synchronized (daemon) {
      return daemon.findPod(podId).orElseThrow().address();
    }
  }

  /** Makes a program to be run known under an id. */
  void prepareExec(String id, String container, boolean isTty, String... command) {
    withDaemon(
        state ->
            state.execs.put(
                id, new SimulatedExec(find(state, container).id, List.of(command), isTty)));
  }

  /** Lets a pod's machine die. */
  public void killMachine(String podId) {
    withDaemon(state -> state.findPod(podId).orElseThrow().stop(false));
  }

  /** Restarts the daemon while the machines go on. */
  public void restartKeepingMachines() {
    restart(SimulatedDaemon::restartKeepingMachines);
  }

  /** Ends the daemon, which ends the machines, and starts it again. */
  public void restartStoppingMachines() {
    restart(SimulatedDaemon::restartStoppingMachines);
  }

  /** Does what a crash of the host does; the pods are back after one more restart. */
  public void restartAfterCrash() {
    restart(SimulatedDaemon::restartAfterCrash);
  }

  private void restart(Consumer<SimulatedDaemon> change) {
    connections.close().awaitUninterruptibly();
    withDaemon(change);
  }

  /** Returns the environment a container was made with, the image's included. */
  public Map<String, String> variablesOf(String container) {
    synchronized (daemon) {
      return find(daemon, container).variables();
    }
  }

  /** Returns the command a container was made with. */
  public List<String> commandOf(String container) {
    synchronized (daemon) {
      return find(daemon, container).command();
    }
  }

  /** Returns the ids of the pods there are. */
  public List<String> pods() {
    synchronized (daemon) {
      return List.copyOf(daemon.pods.keySet());
    }
  }

  private static SimulatedContainer find(SimulatedDaemon daemon, String container) {
    return daemon
        .findContainer(container)
        .orElseThrow(() -> new IllegalArgumentException("container: \"" + container + "\""));
  }

  private void withDaemon(Consumer<SimulatedDaemon> change) {
    synchronized (daemon) {
      change.accept(daemon);
    }
  }

  /** Closes the socket and every connection, and waits for it. */
  @Override
  public void close() {
    server.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      throw new UncheckedIOException("delete " + socket + ": " + e.getMessage(), e);
    }
  }
}
