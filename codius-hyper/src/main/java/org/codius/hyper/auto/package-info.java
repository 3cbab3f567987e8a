/**
 * Finding the strongest runtime that works here. Start at {@link
 * org.codius.hyper.auto.AutoRuntime}.
 */
@NullMarked
package org.codius.hyper.auto;

import org.jspecify.annotations.NullMarked;
