package org.codius.hyper.testing;

import org.codius.hyper.PodDriver;

/**
 * What every {@link PodDriver} promises. Run against the fake and the hyperd simulator, and against
 * containerd in an IT.
 */
public interface PodDriverContract
    extends PodLifeContract,
        BadInputContract,
        PodLogContract,
        PodEventContract,
        PodProgramContract {}
