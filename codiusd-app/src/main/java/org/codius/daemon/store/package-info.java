/** What the host remembers, in SQLite. */
@NullMarked
package org.codius.daemon.store;

import org.jspecify.annotations.NullMarked;
