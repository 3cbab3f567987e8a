/**
 * Asking image registries which image a tag means, over the OCI distribution API.
 *
 * <p>Start at {@link org.codius.manifest.registry.ImageResolver}.
 */
@NullMarked
package org.codius.manifest.registry;

import org.jspecify.annotations.NullMarked;
