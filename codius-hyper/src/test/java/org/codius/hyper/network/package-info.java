@NullMarked
package org.codius.hyper.network;

import org.jspecify.annotations.NullMarked;
