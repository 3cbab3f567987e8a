package org.codius.proxy;

import java.net.InetSocketAddress;

/** A request and the pod it is for, which is looked up for each request anew. */
record RoutedRequest(RequestHead head, String label, InetSocketAddress pod) {}
