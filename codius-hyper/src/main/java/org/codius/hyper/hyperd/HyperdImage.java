package org.codius.hyper.hyperd;

/** The names of images as hyperd takes them. */
final class HyperdImage {

  private HyperdImage() {}

  /**
   * Returns {@code image} without its tag if it has a digest: hyperd's docker knows one of them.
   */
  static String of(String image) {
    int digestAt = image.indexOf('@');
    if (digestAt < 0) {
      return image;
    }
    int tagAt = image.lastIndexOf(':', digestAt);
    return tagAt > image.lastIndexOf('/', digestAt)
        ? image.substring(0, tagAt) + image.substring(digestAt)
        : image;
  }
}
