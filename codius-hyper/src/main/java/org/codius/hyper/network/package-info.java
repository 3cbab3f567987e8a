/**
 * What a pod may reach: nothing, then the public internet, never its host, its neighbours or a
 * private network. Start at {@link org.codius.hyper.network.PodFirewall}.
 */
@NullMarked
package org.codius.hyper.network;

import org.jspecify.annotations.NullMarked;
