package org.codius.proxy;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Writes the API's answers as bytes; to HEAD without a body, whatever the API gives. */
final class ApiEncoder extends HttpResponseEncoder {

  private boolean isHead;

  void answerTo(RequestHead request) {
    isHead = request.isHead();
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpResponse response) {
    return super.isContentAlwaysEmpty(response) || isHead;
  }
}
