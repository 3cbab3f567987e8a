package org.codius.proxy;

/** User event: the pod of that name is being taken away. */
record PodGone(String label) {}
