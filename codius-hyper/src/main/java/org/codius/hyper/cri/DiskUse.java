package org.codius.hyper.cri;

/** What something takes up on disk: room, and places in the file system's table. */
record DiskUse(long bytes, long inodes) {

  static final DiskUse NONE = new DiskUse(0, 0);

  /** An empty file costs no room and yet uses the disk up; a file system has one per 16 KiB. */
  private static final long LEAST_BYTES_PER_INODE = 1 << 10;

  DiskUse plus(DiskUse other) {
    return new DiskUse(bytes + other.bytes, inodes + other.inodes);
  }

  /** Returns whether it is more than {@code limit} bytes, or more files than so many may be. */
  boolean isAbove(long limit) {
    return bytes > limit || inodes > limit / LEAST_BYTES_PER_INODE;
  }
}
