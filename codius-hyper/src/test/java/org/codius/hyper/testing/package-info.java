@NullMarked
package org.codius.hyper.testing;

import org.jspecify.annotations.NullMarked;
