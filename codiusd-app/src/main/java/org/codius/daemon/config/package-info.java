/**
 * How a host is set up: a tree of small records, one for each thing that is set up, read from
 * flags, the environment and one file.
 *
 * <p>Start at {@link org.codius.daemon.config.DaemonConfig}. To add a setting: read it in the
 * {@code from} of the record it belongs to, give it a row in {@code docs/configuration.md} and a
 * line in that record's test. Nothing else knows the names of settings.
 */
@NullMarked
package org.codius.daemon.config;

import org.jspecify.annotations.NullMarked;
