/** Certificates for the front door. Start at {@link org.codius.proxy.tls.Certificates}. */
@NullMarked
package org.codius.proxy.tls;

import org.jspecify.annotations.NullMarked;
