/**
 * Has the host buy a pod from itself, by the way strangers come, to see whether it works.
 *
 * <p>Start at {@link org.codius.daemon.selftest.SelfTests}.
 */
@NullMarked
package org.codius.daemon.selftest;

import org.jspecify.annotations.NullMarked;
