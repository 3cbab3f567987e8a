package org.codius.hyper.hyperd;

import java.util.Optional;
import org.codius.hyper.PodId;

/**
 * A line of hyperd's list of pods, {@code ID:NAME:VM:STATE}, where name and id are the same and may
 * hold colons themselves.
 *
 * @param vm the virtual machine it is in now, empty if it has none
 * @param state {@code pending}, {@code running}, {@code paused}, {@code stopping} or {@code
 *     failed}; the last is every pod that has stopped
 */
record PodRow(String id, String vm, String state) {

  static Optional<PodRow> parse(String line) {
    int stateAt = line.lastIndexOf(':');
    int vmAt = line.lastIndexOf(':', stateAt - 1);
    int nameAt = vmAt / 2;
    if (vmAt < 1 || line.charAt(nameAt) != ':') {
      return Optional.empty();
    }
    return Optional.of(
        new PodRow(
            line.substring(0, nameAt),
            line.substring(vmAt + 1, stateAt),
            line.substring(stateAt + 1)));
  }

  /** Whether its virtual machine is up; its containers may all have ended all the same. */
  boolean isUp() {
    return state.equals("running");
  }

  /** Whether it will be in another state soon, by itself. */
  boolean isChanging() {
    return state.equals("pending") || state.equals("stopping");
  }

  boolean isOf(PodId podId) {
    return id.equals(podId.toString());
  }

  /** Returns its id if it is a pod of {@code instance}. */
  Optional<PodId> podId(String instance) {
    return PodId.parse(id).filter(parsed -> parsed.instance().equals(instance));
  }
}
