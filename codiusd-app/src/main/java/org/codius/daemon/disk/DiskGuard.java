package org.codius.daemon.disk;

import java.io.IOException;
import java.util.Locale;
import org.codius.daemon.lease.AdmissionRule;
import org.codius.daemon.lease.Order;
import org.codius.daemon.lease.RefusedException;
import org.codius.daemon.lease.RefusedException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the disk from running full: below a tenth no uploads, below a twentieth the largest writer
 * ends, one at a look; when there is none left to end, the room kept for the books is given up.
 *
 * <p>The calls block. Safe for use by several threads.
 */
public final class DiskGuard implements AdmissionRule {

  private static final Logger log = LoggerFactory.getLogger(DiskGuard.class);

  /** Below this part of it being free nothing is uploaded. */
  public static final double LOW = 0.10;

  static final double CRITICAL = 0.05;

  private final Disk disk;
  private final ReserveFile reserve;

  public DiskGuard(Disk disk, ReserveFile reserve) {
    this.disk = disk;
    this.reserve = reserve;
  }

  @Override
  public String name() {
    return "DISK";
  }

  @Override
  public void check(Order order) {
    if (order.upload().isEmpty()) {
      return; // more time takes no room
    }
    try {
      Disk.Room room = disk.room();
      if (room.fraction() < LOW) {
        throw new RefusedException(
            Reason.DISK_LOW,
            String.format(
                Locale.ROOT,
                "disk: %.1f %% free (expected: at least %.0f %%)",
                room.fraction() * 100,
                LOW * 100),
            "Nothing was taken. Try again later, or another host.");
      }
    } catch (IOException e) {
      log.warn("disk not measured reason={}", e.toString());
    }
  }

  /**
   * Looks once, and does what has to be done. To be called every second or so.
   *
   * @param writers what writes to it
   */
  public void look(LargestWriter writers) throws InterruptedException {
    try {
      Disk.Room room = disk.room();
      if (room.fraction() < CRITICAL) {
        log.warn("disk runs full {}", room);
        if (!writers.end("the host's disk ran full (" + room + ")")) {
          reserve.giveUp();
        }
      } else if (room.fraction() >= LOW && room.usableBytes() >= 2L * ReserveFile.BYTES) {
        reserve.fill();
      }
    } catch (IOException e) {
      log.warn("disk not looked after reason={}", e.toString());
    }
  }
}
