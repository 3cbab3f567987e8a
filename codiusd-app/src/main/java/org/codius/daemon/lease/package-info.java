/**
 * What has been sold, and until when.
 *
 * <p>Start at {@link org.codius.daemon.lease.LeaseService}: it tells how a pod is bought.
 */
@NullMarked
package org.codius.daemon.lease;

import org.jspecify.annotations.NullMarked;
