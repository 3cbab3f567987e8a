/**
 * Pods on hyperd, each in a virtual machine, over the HTTP API on its unix socket. Start at {@link
 * org.codius.hyper.hyperd.HyperdDriver}.
 */
@NullMarked
package org.codius.hyper.hyperd;

import org.jspecify.annotations.NullMarked;
