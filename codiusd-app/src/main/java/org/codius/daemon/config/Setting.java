package org.codius.daemon.config;

/**
 * One setting as it is in force.
 *
 * @param value as it may be shown: what is secret in it is {@code ***}
 * @param origin where it comes from: {@code default}, {@code environment}, a file; with the key's
 *     other name if it was set under that
 */
public record Setting(String key, String value, String origin) {}
