package org.codius.daemon.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Why a file could not be read. */
final class UnreadableFile {

  private UnreadableFile() {}

  /** Returns the reason in words: the exceptions of files often say no more than their name. */
  static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "it may not be read";
    }
    return String.valueOf(e.getMessage());
  }
}
