/**
 * ILP over HTTP (RFC 35), both ends, in its synchronous form: a Prepare is the body of a POST, its
 * Fulfill or Reject the body of the answer.
 *
 * <p>Start at {@link org.codius.payments.http.HttpUplink}.
 */
@NullMarked
package org.codius.payments.http;

import org.jspecify.annotations.NullMarked;
