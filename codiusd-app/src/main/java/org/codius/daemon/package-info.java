@NullMarked
package org.codius.daemon;

import org.jspecify.annotations.NullMarked;
