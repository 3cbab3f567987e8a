package org.codius.daemon.admin;

import org.codius.daemon.lease.AdmissionRule;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.lease.RefusedException.Reason;
import org.codius.daemon.lease.SettingStore;

/**
 * Whether the host sells nothing any more, so that it is empty once what it sold has run out.
 * Remembered over restarts. Safe for use by several threads.
 */
public final class Drain implements AdmissionRule {

  private static final String SETTING = "drain";

  private final SettingStore settings;
  private volatile boolean isOn;

  public Drain(SettingStore settings) {
    this.settings = settings;
    this.isOn = settings.find(SETTING).isPresent();
  }

  boolean isOn() {
    return isOn;
  }

  void set(boolean isOn) {
    if (isOn) {
      settings.put(SETTING, "true");
    } else {
      settings.remove(SETTING);
    }
    this.isOn = isOn;
  }

  @Override
  public String name() {
    return Reason.DRAINING.name();
  }

  @Override
  public void check(Order order) {
    if (isOn) {
      throw new RefusedException(
          Reason.DRAINING,
          "This host is being emptied and sells no time.",
          "Choose another host: GET /peers names some.");
    }
  }
}
