package org.codius.hyper.image;

/**
 * An image that its registry has and that may be pulled.
 *
 * @param name as its registry knows it
 * @param digest of the manifest for this machine's platform
 * @param compressedBytes how much there is to download
 */
public record CheckedImage(ImageName name, String digest, long compressedBytes, int layers) {}
