/** Reaching it: one port, each request to its pod. Start at {@link org.codius.proxy.PodProxy}. */
@NullMarked
package org.codius.proxy;

import org.jspecify.annotations.NullMarked;
