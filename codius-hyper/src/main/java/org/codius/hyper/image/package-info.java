/**
 * Which images may be pulled, from where, and how large they may be. Start at {@link
 * org.codius.hyper.image.ImageRegistries}.
 */
@NullMarked
package org.codius.hyper.image;

import org.jspecify.annotations.NullMarked;
