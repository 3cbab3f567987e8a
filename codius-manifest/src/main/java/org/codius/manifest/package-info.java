@NullMarked
package org.codius.manifest;

import org.jspecify.annotations.NullMarked;
