package org.codius.hyper;

/** What a pod is ended for using too much of. */
public enum PodLimit {
  /** Memory: the kernel killed it. */
  MEMORY_LIMIT,
  /** Its writable layers and logs together. */
  DISK_LIMIT,
  /** How fast it writes logs. */
  LOG_LIMIT
}
