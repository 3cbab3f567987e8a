/**
 * What the host's operator asks and orders, on a listener of its own: {@link
 * org.codius.daemon.admin.AdminServer}.
 */
@NullMarked
package org.codius.daemon.admin;

import org.jspecify.annotations.NullMarked;
