@NullMarked
package org.codius.hyper.hyperd;

import org.jspecify.annotations.NullMarked;
