package org.codius.hyper.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the host passes packets on, for one version of IP. */
enum Forwarding {
  IPV4("/proc/sys/net/ipv4/ip_forward", "IPv4 forwarding was off"),
  IPV6("/proc/sys/net/ipv6/conf/all/forwarding", "IPv6 forwarding was off");

  private final Path file;
  private final String mark;

  Forwarding(String file, String mark) {
    this.file = Path.of(file);
    this.mark = mark;
  }

  /** Returns what our table says while it was us who switched it on. */
  String mark() {
    return mark;
  }

  /** Returns whether it is on; also if the host does not have this version. */
  boolean isOn() throws IOException {
    return !Files.exists(file) || !Files.readString(file).strip().equals("0");
  }

  void set(boolean isOn) throws IOException {
    if (isOn != isOn()) {
      Files.writeString(file, isOn ? "1" : "0");
    }
  }
}
