/** Tells systemd how the daemon is. */
@NullMarked
package org.codius.daemon.systemd;

import org.jspecify.annotations.NullMarked;
