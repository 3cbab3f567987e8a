package org.codius.daemon.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One payment buys once, and only what came up. Bought with the original's {@code ilp-fetch}. */
final class PurchaseIT {

  @RegisterExtension static final HostProcess HOST = new HostProcess();

  private static final Duration SOLD = Duration.ofMinutes(5);

  private static PodImages images;
  private static CodiusProject project;

  @BeforeAll
  static void makesImages() throws Exception {
    images = PodImages.start();
    project = CodiusProject.create("pod-bought-once", images);
  }

  @AfterAll
  static void removesItsFiles() throws Exception {
    project.close();
    images.close();
  }

  /** D16: the original's payment stayed usable for ever. */
  @Test
  void theSamePayTokenAgainChangesNothingAndCostsNothing() throws Exception {
    ObjectNode upload = project.generate();
    Purchase purchase = Purchase.upload(HOST, upload, SOLD);
    BigInteger quoted = HOST.api().quote(upload, SOLD);
    Books empty = Books.of(HOST);

    Purchase.Answer first = purchase.send(project.folder()).succeeded();
    Instant expiry = HOST.api().expiry(first.manifestHash());
    Books books = Books.of(HOST);
    Purchase.Answer second = purchase.send(project.folder()).succeeded();

    assertThat(first.paid()).isEqualTo(quoted);
    assertThat(books.earned().subtract(empty.earned())).isEqualTo(quoted);
    assertThat(books.received().subtract(empty.received())).isEqualTo(quoted);
    assertThat(second.paid()).isZero();
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(HOST.api().expiry(first.manifestHash())).isEqualTo(expiry);
    assertThat(Books.of(HOST)).isEqualTo(books);
  }

  @Test
  void theSamePayTokenForAnotherManifestIsRefused() throws Exception {
    ObjectNode upload = project.generate();
    Purchase purchase = Purchase.upload(HOST, upload, SOLD);
    purchase.send(project.folder()).succeeded();
    Books books = Books.of(HOST);

    ObjectNode other = project.generate();
    other.withObject("/manifest").put("name", "something-else");
    Purchase.Answer answer = purchase.of(other).send(project.folder());

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.paid()).isZero();
    assertThat(Books.of(HOST)).isEqualTo(books);
  }

  @Test
  void aPodWhoseImageIsMissingCostsNothingAndSaysSo() throws Exception {
    ObjectNode upload = project.generate();
    firstContainer(upload).put("image", images.missing());

    assertCostsNothing(upload, "IMAGE_NOT_FOUND", "e2e/nothing");
  }

  @Test
  void aPodWhoseCommandIsMissingCostsNothingAndSaysSo() throws Exception {
    ObjectNode upload = project.generate();
    firstContainer(upload).withArray("command").removeAll().add("/bin/no-such-program");

    assertCostsNothing(upload, "COMMAND_NOT_FOUND", "/bin/no-such-program");
  }

  private static void assertCostsNothing(ObjectNode upload, String code, String named)
      throws Exception {
    Books before = Books.of(HOST);

    Purchase.Answer answer = Purchase.upload(HOST, upload, SOLD).send(project.folder());

    assertThat(answer.status()).as(answer.toString()).isBetween(400, 599);
    assertThat(answer.body()).contains(code).contains(named);
    assertThat(answer.paid()).isZero();
    assertThat(Books.of(HOST)).isEqualTo(before);
  }

  private static ObjectNode firstContainer(ObjectNode upload) {
    return (ObjectNode) upload.at("/manifest/containers/0");
  }
}
