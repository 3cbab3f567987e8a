package org.codius.hyper.cri;

import java.time.Duration;
import java.util.List;
import org.codius.hyper.cri.v1.Cri;
import org.codius.hyper.cri.v1.ImageServiceGrpc;
import org.codius.hyper.cri.v1.ImageServiceGrpc.ImageServiceBlockingStub;

/** The calls of the image service. They block. Safe for use by several threads. */
final class CriImages {

  private final CriChannel channel;
  private final ImageServiceBlockingStub stub;

  CriImages(CriChannel channel) {
    this.channel = channel;
    this.stub = channel.stub(ImageServiceGrpc::newBlockingStub);
  }

  boolean has(String image, Duration timeout) {
    Cri.ImageStatusRequest request =
        Cri.ImageStatusRequest.newBuilder().setImage(spec(image)).build();
    return channel.call(() -> CriChannel.within(timeout, stub).imageStatus(request)).hasImage();
  }

  void pull(String image, Duration timeout) {
    Cri.PullImageRequest request = Cri.PullImageRequest.newBuilder().setImage(spec(image)).build();
    Cri.PullImageResponse unused =
        channel.call(() -> CriChannel.within(timeout, stub).pullImage(request));
  }

  List<Cri.Image> list(Duration timeout) {
    return channel
        .call(() -> CriChannel.within(timeout, stub).listImages(Cri.Empty.getDefaultInstance()))
        .getImagesList();
  }

  /** Removes the image of that name or id. None is fine. */
  void remove(String image, Duration timeout) {
    Cri.RemoveImageRequest request =
        Cri.RemoveImageRequest.newBuilder().setImage(spec(image)).build();
    channel.order(() -> CriChannel.within(timeout, stub).removeImage(request));
  }

  private static Cri.ImageSpec spec(String image) {
    return Cri.ImageSpec.newBuilder().setImage(image).build();
  }
}
