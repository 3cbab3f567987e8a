/**
 * The host's HTTP API, as the original's clients know it.
 *
 * <p>Start at {@link org.codius.daemon.http.HttpApi}; {@code docs/http-api.md} lists the calls.
 */
@NullMarked
package org.codius.daemon.http;

import org.jspecify.annotations.NullMarked;
