/**
 * What to run: Codius manifests, read, checked and hashed.
 *
 * <p>Start at {@link org.codius.manifest.ManifestParser}, which turns JSON into a {@link
 * org.codius.manifest.Manifest}; {@link org.codius.manifest.Environment} then says what each
 * container finds in its environment.
 */
@NullMarked
package org.codius.manifest;

import org.jspecify.annotations.NullMarked;
