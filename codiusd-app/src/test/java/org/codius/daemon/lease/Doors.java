package org.codius.daemon.lease;

import com.google.common.base.Ascii;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The doors a host has to what outlives it: its stores, its books and its runtime. At one step
 * through them it dies: before the step is taken, while it is, or once it has been.
 *
 * <p>In the same process it dies by an error out of this call and all later ones, so that nothing
 * it did after that could count. Safe for use by several threads.
 */
final class Doors {

  /** What changes something on the other side. All else may be done again at will. */
  private static final Set<String> STEPS =
      Set.of(
          "put",
          "update",
          "setUp",
          "commit",
          "surrender",
          "delete",
          "end",
          "setSettled",
          "creditAll",
          "beat",
          "receive",
          "settle",
          "pull",
          "run",
          "openEgress",
          "stop",
          "remove",
          "setState");

  /** Before a step is taken, while it is, or once it has been. */
  enum Moment {
    BEFORE,
    DURING,
    AFTER
  }

  /** When to die: never if {@code step} is 0. */
  record Death(int step, Moment moment) {

    static final Death NEVER = new Death(0, Moment.BEFORE);

    @Override
    public String toString() {
      return step == 0 ? "never" : Ascii.toLowerCase(moment.name()) + " step " + step;
    }
  }

  /** How one dies here. */
  static final class Dead extends Error {
    private static final long serialVersionUID = 1;
  }

  private final Death death;
  private final Runnable killer;
  private final List<String> steps = new ArrayList<>();
  private final AtomicBoolean isDead = new AtomicBoolean();

  /**
   * @param killer called when the time has come; if it returns, {@link Dead} is thrown
   */
  Doors(Death death, Runnable killer) {
    this.death = death;
    this.killer = killer;
  }

  /** Returns what was done through the doors, in order. */
  List<String> steps() {
    synchronized (steps) {
      return List.copyOf(steps);
    }
  }

  boolean hasDied() {
    return isDead.get();
  }

  /** Returns the door before {@code target}. */
  <T> T to(T target, Class<T> type) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          failIfDead();
          boolean isStep = STEPS.contains(method.getName());
          int step = isStep ? count(type.getSimpleName() + "." + method.getName()) : -1;
          if (step == death.step() && death.moment() == Moment.BEFORE) {
            die();
          }
          Object result;
          try {
            result = method.invoke(target, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
          if (step == death.step()) {
            if (death.moment() == Moment.AFTER) {
              await(result);
            }
            die();
          }
          return result;
        };
    return type.cast(
        Proxy.newProxyInstance(Doors.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private int count(String step) {
    synchronized (steps) {
      steps.add(step);
      return steps.size();
    }
  }

  /** The step is taken only when its stage is complete. */
  private static void await(Object result) {
    if (result instanceof CompletionStage<?> stage) {
      CompletableFuture<?> done = stage.toCompletableFuture();
      done.handle((value, failure) -> value).join();
    }
  }

  private void failIfDead() {
    if (isDead.get()) {
      throw new Dead();
    }
  }

  private void die() {
    isDead.set(true);
    killer.run();
    throw new Dead();
  }
}
