@org.jspecify.annotations.NullMarked
package org.codius.hyper.auto;
