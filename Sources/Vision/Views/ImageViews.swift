import Kernels
import Networks

extension Augmentation {
  /// Random views of 8-bit colour images of one size.
  ///
  /// View v of image i depends on `stream(i).substream(v)` alone: not on the other images, on which views are made, or on
  /// the number of threads.
  /// - Parameters:
  ///   - count: the number of views of each image, from 1 up.
  ///   - first: the number of the first of them.
  ///   - pixels: the images one after the other, each `[3, height, width]`.
  ///   - size: the size of an image.
  ///   - stream: the random stream of the image at an index into `pixels`; it may be called from several threads.
  /// - Returns: `[images * count, 3, outputSize, outputSize]`, normalised, all views of an image together.
  public func views(
    _ count: Int, from first: Int = 0, of pixels: [UInt8], size: ImageExtent,
    stream: (_ image: Int) -> RandomStream
  ) -> Tensor {
    augmentedViews(
      of: pixels, imageSize: size, viewSize: ImageExtent(height: outputSize, width: outputSize),
      viewsPerImage: count, normalisation: ColourNormalisation(mean: mean, deviation: deviation)
    ) { parameters(of: $0, count, from: first, size, stream) }
  }

  /// The same views as 8-bit pictures, whose colours are rounded once and not normalised.
  /// - Parameters:
  ///   - count: the number of views of each image, from 1 up.
  ///   - pixels: the images one after the other, each `[3, height, width]`.
  ///   - size: the size of an image.
  ///   - stream: the random stream of the image at an index into `pixels`; it may be called from several threads.
  /// - Returns: `[images * count, 3, outputSize, outputSize]`, all views of an image together.
  public func pictures(
    _ count: Int, of pixels: [UInt8], size: ImageExtent, stream: (_ image: Int) -> RandomStream
  ) -> [UInt8] {
    augmentedPictures(
      of: pixels, imageSize: size, viewSize: ImageExtent(height: outputSize, width: outputSize),
      viewsPerImage: count
    ) { parameters(of: $0, count, size, stream) }
  }

  /// The parameters of a view among all, where each image has `count`.
  private func parameters(
    of view: Int, _ count: Int, from first: Int = 0, _ size: ImageExtent,
    _ stream: (_ image: Int) -> RandomStream
  ) -> ViewParameters {
    var stream = stream(view / count).substream(first + view % count)
    return parameters(for: size, from: &stream)
  }
}
