package org.codius.payments.connector;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Pattern;
import org.interledger.connector.accounts.AccountId;
import org.interledger.connector.accounts.AccountSettings;
import org.jspecify.annotations.Nullable;

/**
 * A child that is known before it connects: a pod, or somebody else who was given an account.
 *
 * <p>Its address is the connector's with the account's id behind it.
 */
public final class ChildAccount {

  /** Beyond guessing, over any network. */
  private static final int MINIMUM_SECRET = 16;

  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_~-]{1,64}");

  private final AccountSettings settings;
  private final String secret;
  private final @Nullable InetAddress from;

  private ChildAccount(AccountSettings settings, String secret, @Nullable InetAddress from) {
    requireNonNull(settings, "settings");
    String id = settings.accountId().value();
    if (!SEGMENT.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "account id: \"" + id + "\" (expected: 1 to 64 of A-Z a-z 0-9 _ ~ -)");
    }
    if (secret.length() < MINIMUM_SECRET) {
      throw new IllegalArgumentException(
          "secret of account "
              + id
              + ": "
              + secret.length()
              + " characters (expected: at least "
              + MINIMUM_SECRET
              + ")");
    }
    this.settings = settings;
    this.secret = secret;
    this.from = from;
  }

  /**
   * Returns a child that may connect from anywhere.
   *
   * @param settings its id, one segment of an ILP address; asset; credit ({@code minBalance}, at
   *     most 0; none means unlimited); largest packet; packets per second
   * @param secret its {@code auth_token}, at least 16 characters
   */
  public static ChildAccount of(AccountSettings settings, String secret) {
    return new ChildAccount(settings, secret, null);
  }

  /** Returns the child that may connect from {@code from} only. See {@link #of}. */
  public static ChildAccount pod(AccountSettings settings, String secret, InetAddress from) {
    return new ChildAccount(settings, secret, requireNonNull(from, "from"));
  }

  public AccountId id() {
    return settings.accountId();
  }

  public AccountSettings settings() {
    return settings;
  }

  String secret() {
    return secret;
  }

  /** Returns where it must connect from, or empty if from anywhere. */
  public Optional<InetAddress> from() {
    return Optional.ofNullable(from);
  }

  /** Leaves the secret out. */
  @Override
  public String toString() {
    return "ChildAccount[" + id() + (from == null ? "" : ", from " + from.getHostAddress()) + "]";
  }
}
