/**
 * Making manifests from the two files people write.
 *
 * <p>Start at {@link org.codius.manifest.generate.ManifestGenerator}.
 */
@NullMarked
package org.codius.manifest.generate;

import org.jspecify.annotations.NullMarked;
