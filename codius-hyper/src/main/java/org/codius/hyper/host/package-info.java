/** The machine's own programs. Start at {@link org.codius.hyper.host.HostProgram}. */
@NullMarked
package org.codius.hyper.host;

import org.jspecify.annotations.NullMarked;
