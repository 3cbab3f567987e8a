package org.codius.proxy;

import java.util.List;

/** Fields after an answer's body, written before its {@link ResponseEnd} to an HTTP/2 client. */
record Trailers(List<HeaderFields> fields) {}
