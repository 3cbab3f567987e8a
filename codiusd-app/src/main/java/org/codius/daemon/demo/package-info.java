/**
 * Something to run where there is nothing yet: an image made on the spot, and a registry to pull it
 * from.
 *
 * <p>Start at {@link org.codius.daemon.demo.DemoPod}.
 */
@NullMarked
package org.codius.daemon.demo;

import org.jspecify.annotations.NullMarked;
