/**
 * Pods on a runtime that speaks the Kubernetes Container Runtime Interface: containerd or CRI-O.
 * Start at {@link org.codius.hyper.cri.CriDriver}, or at {@link
 * org.codius.hyper.cri.EmbeddedContainerd} where there is no such runtime yet.
 */
@NullMarked
package org.codius.hyper.cri;

import org.jspecify.annotations.NullMarked;
