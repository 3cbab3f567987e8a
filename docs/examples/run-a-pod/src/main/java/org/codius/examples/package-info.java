/** Example hosts. */
@NullMarked
package org.codius.examples;

import org.jspecify.annotations.NullMarked;
