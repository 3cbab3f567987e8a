/**
 * The command line: {@code codiusd serve}, {@code demo}, {@code upload} and the rest.
 *
 * <p>Start at {@link org.codius.daemon.cli.Codiusd}. A command's result goes to stdout, everything
 * else to stderr.
 */
@NullMarked
package org.codius.daemon.cli;

import org.jspecify.annotations.NullMarked;
