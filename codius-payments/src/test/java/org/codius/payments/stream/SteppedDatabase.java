package org.codius.payments.stream;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A database whose process is killed (-9) at a step: before or after a statement that writes, or a
 * commit. Safe for use by several threads.
 */
final class SteppedDatabase {

  private static final Set<String> STEPS = Set.of("executeUpdate", "executeBatch", "commit");

  private final DataSource database;
  private final int fatalStep;
  private final AtomicInteger steps = new AtomicInteger();
  private volatile boolean isArmed;

  SteppedDatabase(DataSource database, int fatalStep) {
    this.database = database;
    this.fatalStep = fatalStep;
  }

  void arm() {
    isArmed = true;
  }

  DataSource asDataSource() {
    return wrap(DataSource.class, database);
  }

  private <T> T wrap(Class<T> type, T real) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call(real, method, arguments)));
  }

  private Object call(Object real, Method method, Object[] arguments) throws Throwable {
    boolean isStep = STEPS.contains(method.getName());
    if (isStep) {
      step();
    }
    Object result;
    try {
      result = method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    if (isStep) {
      step();
    }
    if (result instanceof Connection connection) {
      return wrap(Connection.class, connection);
    }
    if (result instanceof PreparedStatement statement) {
      return wrap(PreparedStatement.class, statement);
    }
    return result;
  }

  private void step() throws IOException, InterruptedException {
    if (isArmed && steps.incrementAndGet() == fatalStep) {
      new ProcessBuilder("kill", "-9", Long.toString(ProcessHandle.current().pid())).start();
      new CountDownLatch(1).await(); // for the end
    }
  }
}
