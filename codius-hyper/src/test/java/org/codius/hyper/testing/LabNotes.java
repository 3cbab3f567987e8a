package org.codius.hyper.testing;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.codius.hyper.ExecResult;
import org.codius.hyper.LogLine.Stream;
import org.jspecify.annotations.Nullable;

/** What went on in the recorded machine besides the calls, by the call it came before or during. */
final class LabNotes {

  static final int CURL_TIMED_OUT = 28;

  /** Transcripts that are replayed during others, as they were recorded. */
  static final List<String> OVERLAPPING =
      List.of("48b-race", "52-container-logs-edge-follow-until-exit", "72-execvm");

  static final Action NOTHING = client -> {};
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String LOG = "multi__log";

  private static final String CODIUS_LIKE = "rsadvuctpgwyrgmdgoqvaewxrsmrezs6jrlhw7lwkoemvwgayr4q";
  private static final String SHELL =
      String.join(
          "\r\n",
          "",
          "",
          "BusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1+b1) built-in shell (ash)",
          "Enter 'help' for a list of built-in commands.",
          "",
          "/ # \u001b[6nstty size; echo hi; exit 4",
          "stty: standard input",
          "hi",
          "");
  private static final String UNAME =
      "Linux (none) 4.12.4-hyper+ #1 SMP Thu Jul 19 11:23:27 CST 2018"
          + " x86_64 x86_64 x86_64 GNU/Linux\n";

  /** Something that happens, perhaps to the call that is under way. */
  interface Action {
    void run(@Nullable WireClient client) throws Exception;
  }

  /** Replays a transcript. */
  interface Replay {
    void run(String transcript) throws Exception;
  }

  private final HyperdSimulator hyperd;
  private final Replay replay;
  private final Map<String, Action> actions = new HashMap<>();
  private CompletableFuture<Void> boot = new CompletableFuture<>();

  private LabNotes(HyperdSimulator hyperd, Replay replay) {
    this.hyperd = hyperd;
    this.replay = replay;
  }

  static Map<String, Action> of(HyperdSimulator hyperd, Replay replay) {
    LabNotes notes = new LabNotes(hyperd, replay);
    notes.images();
    notes.processes();
    notes.logs();
    notes.programs();
    notes.containers();
    notes.accidents();
    return notes.actions;
  }

  /** Returns what a call is named by here: the number of its transcript, if it has its own. */
  static String key(String transcript, int call) {
    String name =
        OVERLAPPING.contains(transcript)
            ? transcript
            : transcript.substring(0, transcript.indexOf('-'));
    return name + "#" + call;
  }

  private void images() {
    SimulatedImage busybox =
        SimulatedImage.of(
            "127.0.0.1:5000/busybox",
            "1.35",
            "sha256:92c7c64fe06e7d26fc76582bc189e2f27fe68fb6662c9cb5f8d67b1e0d166a73");
    SimulatedImage web =
        new SimulatedImage(
            "127.0.0.1:5000/web",
            "latest",
            "sha256:dc1703b6fc94be090d7079d188aa811346fb375221066fc48f557d5036914cb5",
            List.of("httpd", "-f", "-v", "-h", "/www", "-p", "8080"),
            "/www",
            Map.of("PATH", "/bin", "FROMIMAGE", "yes"));
    before(
        "22#0",
        () -> {
          hyperd.load(busybox);
          hyperd.load(web);
        });
    before(
        "15#0",
        () -> {
          hyperd.failPullsInStream(
              "127.0.0.1:5999",
              "Get \"http://127.0.0.1:5999/v1/repositories/busybox/images\": dial tcp"
                  + " 127.0.0.1:5999: connect: connection refused");
          hyperd.failPullsInStream(
              "",
              "Get \"https://index.docker.io/v1/repositories/library/busybox/images\": dial tcp:"
                  + " lookup index.docker.io on 10.255.255.53:53: dial udp 10.255.255.53:53:"
                  + " connect: network is unreachable");
          String noNetwork =
              "dial tcp: lookup nosuchhost.invalid on 10.255.255.53:53: dial udp"
                  + " 10.255.255.53:53: connect: network is unreachable";
          hyperd.failPullsAtOnce(
              "nosuchhost.invalid",
              "unable to ping registry endpoint https://nosuchhost.invalid/v0/\n"
                  + "v2 ping attempt failed with error: Get \"https://nosuchhost.invalid/v2/\": "
                  + noNetwork
                  + "\n v1 ping attempt failed with error: Get"
                  + " \"https://nosuchhost.invalid/v1/_ping\": "
                  + noNetwork);
        });
  }

  private void processes() {
    before(
        "50#2",
        () -> {
          hyperd.write("multi__ok", Stream.STDOUT, "done");
          hyperd.exit("multi__ok", 0);
          hyperd.write("multi__fail", Stream.STDERR, "failing");
          hyperd.exit("multi__fail", 3);
          hyperd.write(LOG, Stream.STDERR, "err1");
          write(
              LOG,
              "out1",
              "GREETING=hi there",
              "file content",
              "nameserver 8.8.8.8",
              "127.0.0.1\tlocalhost",
              "::1\tlocalhost ip6-localhost ip6-loopback",
              "fe00::0\tip6-localnet",
              "ff00::0\tip6-mcastprefix",
              "ff02::1\tip6-allnodes",
              "ff02::2\tip6-allrouters",
              "multi-host",
              "tick 1",
              "tick 2");
        });
    before(
        "80#0",
        () -> {
          for (String port : List.of("51760", "41606")) {
            hyperd.write(
                "codiuspod1__web",
                Stream.STDERR,
                "[::ffff:192.168.123.1]:" + port + ": response:200");
          }
        });
    before("87#2", this::sayBye);
    before("87#7", this::sayBye);
    before("87#8", () -> hyperd.killMachine("oneshot"));
    before("46#20", () -> write("big__c", "2", "MemTotal:         506832 kB"));
    before(
        "53#5",
        () -> {
          hyperd.write("feat__ro", Stream.STDERR, "touch: /x: Read-only file system");
          write("feat__ro", "rc=1");
        });
    before(
        "53#9",
        () -> {
          String container = "feat2__c";
          write(
              container,
              "uid=65534(nobody) gid=65534(nobody) groups=65534(nobody)",
              "/tmp",
              "1000000",
              "nameserver 9.9.9.9",
              "search corp.example",
              "options ndots:3");
          hyperd.write(
              container, Stream.STDERR, "cat: can't open '/cfg/renamed': Permission denied");
          write(
              container,
              "----------    1 nobody   nobody          13 Nov 23 11:22 /cfg/renamed",
              "voldata",
              "touch: /host/ro: Read-only file system");
          hyperd.write(container, Stream.STDERR, "touch: /auto/w: Permission denied");
          String options = ",sync,dirsync,%srelatime,trans=virtio)";
          write(
              container,
              "share_dir on / type 9p (rw" + options.formatted("nodev,"),
              "share_dir on /host type 9p (ro" + options.formatted(""),
              "share_dir on /auto type 9p (rw" + options.formatted("nodev,"),
              "feat.example");
        });
  }

  private void sayBye() {
    write("oneshot__c", "bye");
    hyperd.exit("oneshot__c", 0);
  }

  private void logs() {
    actions.put(
        "during 51#7",
        client -> {
          headOf(client);
          write(LOG, "tick 3", "tick 4");
        });
    before(
        "52#2",
        () -> {
          write("logs__tty", "tty out", "tty err");
          replay.run(OVERLAPPING.get(1));
        });
    actions.put(
        "during " + key(OVERLAPPING.get(1), 0),
        client -> {
          headOf(client);
          for (int i = 1; i <= 12; i++) {
            write("logs__brief", "line " + i);
          }
          write("logs__brief", "last");
          hyperd.exit("logs__brief", 0);
        });
  }

  private void programs() {
    before(
        "60#0",
        () ->
            hyperd.answerExec(
                (command, input, isInputAtEnd) ->
                    Optional.ofNullable(
                        switch (command.get(command.size() - 1)) {
                          case "echo o; echo e >&2; exit 7" -> new ExecResult(7, "o\n", "e\n");
                          case "noupgrade" -> new ExecResult(0, "noupgrade\n", "");
                          case "cat" -> isInputAtEnd ? new ExecResult(0, input, "") : null;
                          case "sh" -> input.isEmpty() ? null : new ExecResult(4, SHELL, "");
                          case "env" ->
                              new ExecResult(0, outputOf("47-pod-create-codius-like", 4), "");
                          case "eth0" -> new ExecResult(0, network("ipt"), "");
                          case "-a" -> new ExecResult(0, UNAME, "");
                          default ->
                              new ExecResult(127, "", "exec failed: No such file or directory\n");
                        })));
    before("60#3", () -> hyperd.prepareExec("exec-ECMYwsAFOX", LOG, false, "echo", "noupgrade"));
    before("61#0", () -> hyperd.prepareExec("exec-GaJTrCrJqV", LOG, false, "cat"));
    before("62#0", () -> hyperd.prepareExec("exec-fTItDkcPcQ", LOG, true, "sh"));
    before("52#5", () -> replay.run(OVERLAPPING.get(2)));
    before("63#3", () -> hyperd.prepareExec("exec-cGTgbGOhdq", LOG, false, "nosuch"));
    before("63#8", () -> hyperd.prepareExec("exec-XeCOlQvWvs", LOG, false, "late"));
    before(
        "47#4", () -> hyperd.prepareExec("exec-DyrNTorwXE", CODIUS_LIKE + "__app", false, "env"));
    before("86#7", () -> hyperd.prepareExec("exec-guGCEsPneO", "ipt__c", false, "ip", "eth0"));
    actions.put(
        "during 64#0",
        client -> {
          headOf(client);
          write(LOG, "tick 52", "tick 53");
        });
    actions.put(
        "during 64#1",
        client -> {
          headOf(client);
          write("multi__tty", "echo tty-here; tty", "tty-here", "/dev/pts/0");
          hyperd.show("multi__tty", "/ # \u001b[6n");
        });
  }

  /** What a program wrote is its own; what is compared is what became of it on the way. */
  private static String outputOf(String transcript, int call) {
    return TranscriptNormalizer.frames(
            Transcript.read(transcript).exchanges().get(call).answer().body())
        .getOrDefault(1, "");
  }

  private String network(String pod) {
    return "2: eth0: <NO-CARRIER,BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast qlen 1000\n"
        + "    inet "
        + hyperd.addressOf(pod)
        + "/24 scope global eth0\n       valid_lft forever preferred_lft forever\n";
  }

  private void containers() {
    before("71#9", () -> hyperd.exitOnTerminate("extra", 9));
    before("71#17", () -> hyperd.exitOnTerminate("extra", 0));
    before(
        "54#2",
        () ->
            write(
                "perm__c",
                "total 24",
                "d--xr-xr-x    2 root     root          4096 Nov 23 11:23 .",
                "drwxr-xr-x    2 root     root          4096 Nov 23 11:23 ..",
                "----r--r--    1 root     root             2 Nov 23 11:23 a0644",
                "-rw-r--r--    1 root     root             2 Nov 23 11:23 b00644",
                "----r-xr-x    1 root     root             2 Nov 23 11:23 c-none",
                "----------    1 root     root             2 Nov 23 11:23 d0"));
  }

  private void accidents() {
    before(
        "90#1",
        () -> {
          write(LOG, "tick 81", "tick 82");
          hyperd.restartKeepingMachines();
        });
    before("90#18", hyperd::restartKeepingMachines);
    before("90#22", hyperd::restartStoppingMachines);
    before("91#1", hyperd::restartAfterCrash);
    before("91#6", hyperd::restartStoppingMachines);
    before("48#6", () -> boot = hyperd.holdBoots());
    before("48#7", () -> boot.complete(null));
    before("48#9", () -> boot = hyperd.holdBoots());
    actions.put(
        "during 48#9",
        client -> {
          long deadline = System.nanoTime() + PATIENCE.toNanos();
          while (!hyperd.pods().contains("race") && System.nanoTime() < deadline) {
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
          }
          replay.run(OVERLAPPING.get(0));
        });
    before(key(OVERLAPPING.get(0), 2), () -> boot.complete(null));
  }

  private void write(String container, String... lines) {
    for (String line : lines) {
      hyperd.write(container, Stream.STDOUT, line);
    }
  }

  private static void headOf(@Nullable WireClient client) throws InterruptedException {
    if (client != null) {
      client.awaitHead(PATIENCE);
    }
  }

  /** Something that happens between two calls. */
  private interface Event {
    void happen() throws Exception;
  }

  private void before(String call, Event event) {
    actions.put("before " + call, client -> event.happen());
  }
}
