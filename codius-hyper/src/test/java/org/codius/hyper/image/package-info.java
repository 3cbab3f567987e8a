@NullMarked
package org.codius.hyper.image;

import org.jspecify.annotations.NullMarked;
