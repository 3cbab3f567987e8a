/**
 * Stand-ins for a runtime, for the tests of those who embed one: {@link
 * org.codius.hyper.testing.FakePodDriver} is a driver that runs nothing, {@link
 * org.codius.hyper.testing.HyperdSimulator} answers as hyperd does.
 */
@NullMarked
package org.codius.hyper.testing;

import org.jspecify.annotations.NullMarked;
