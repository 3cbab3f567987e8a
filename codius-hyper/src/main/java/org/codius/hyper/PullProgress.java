package org.codius.hyper;

/**
 * How far a pull has come.
 *
 * @param bytes fetched so far
 * @param totalBytes to fetch, as far as is known; 0 if it is not
 */
public record PullProgress(long bytes, long totalBytes) {}
