/** Running it: pods, on whichever runtime there is. Start at {@link org.codius.hyper.PodDriver}. */
@NullMarked
package org.codius.hyper;

import org.jspecify.annotations.NullMarked;
