@NullMarked
package org.codius.hyper.cri;

import org.jspecify.annotations.NullMarked;
