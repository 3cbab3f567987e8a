package org.codius.payments.ilp;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Maps;
import java.util.List;
import org.interledger.core.InterledgerErrorCode;

/**
 * A code RFC 27 does not know, kept so that it can be passed on.
 *
 * <p>The library's own type refuses a code that does not begin with F, T or R.
 */
record RejectCode(String getCode) implements InterledgerErrorCode {

  private static final ImmutableMap<String, InterledgerErrorCode> KNOWN =
      Maps.uniqueIndex(
          List.of(
              F00_BAD_REQUEST,
              F01_INVALID_PACKET,
              F02_UNREACHABLE,
              F03_INVALID_AMOUNT,
              F04_INSUFFICIENT_DST_AMOUNT,
              F05_WRONG_CONDITION,
              F06_UNEXPECTED_PAYMENT,
              F07_CANNOT_RECEIVE,
              F08_AMOUNT_TOO_LARGE,
              F99_APPLICATION_ERROR,
              T00_INTERNAL_ERROR,
              T01_PEER_UNREACHABLE,
              T02_PEER_BUSY,
              T03_CONNECTOR_BUSY,
              T04_INSUFFICIENT_LIQUIDITY,
              T05_RATE_LIMITED,
              T99_APPLICATION_ERROR,
              R00_TRANSFER_TIMED_OUT,
              R01_INSUFFICIENT_SOURCE_AMOUNT,
              R02_INSUFFICIENT_TIMEOUT,
              R99_APPLICATION_ERROR),
          InterledgerErrorCode::getCode);

  /** Returns the library's constant for a code it knows, and one of ours for any other. */
  static InterledgerErrorCode of(String code) {
    InterledgerErrorCode known = KNOWN.get(code);
    return known == null ? new RejectCode(code) : known;
  }

  @Override
  public String getName() {
    return "UNKNOWN";
  }

  /** Returns the family of the code's first letter; of any other letter, the final one. */
  @Override
  public ErrorFamily getErrorFamily() {
    return switch (getCode.charAt(0)) {
      case 'T' -> ErrorFamily.TEMPORARY;
      case 'R' -> ErrorFamily.RELATIVE;
      default -> ErrorFamily.FINAL;
    };
  }
}
