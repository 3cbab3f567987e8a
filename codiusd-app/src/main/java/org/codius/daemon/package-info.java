/**
 * Selling it: the daemon that turns money into running pods.
 *
 * <p>Start at {@link org.codius.daemon.Daemon} to embed a whole host; {@code lease} tells how a
 * purchase goes.
 */
@NullMarked
package org.codius.daemon;

import org.jspecify.annotations.NullMarked;
