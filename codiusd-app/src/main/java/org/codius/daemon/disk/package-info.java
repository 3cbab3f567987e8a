/**
 * What happens as the disk runs full: no uploads, then the largest writer ends, and last of all the
 * ledger's reserve is given up.
 *
 * <p>Start at {@link org.codius.daemon.disk.DiskGuard}.
 */
@NullMarked
package org.codius.daemon.disk;

import org.jspecify.annotations.NullMarked;
