/// The affine map of each channel that a network expects: (value - mean) / deviation.
public struct ColourNormalisation: Hashable, Sendable {
  /// What is subtracted from red, green and blue in [0, 1].
  public let mean: [Float]
  /// What they are then divided by, above 0.
  public let deviation: [Float]

  /// Three means and three deviations.
  public init(mean: [Float], deviation: [Float]) {
    precondition(
      mean.count == 3 && deviation.count == 3 && deviation.allSatisfy { $0 > 0 },
      "ColourNormalisation: three means and three positive deviations, not \(mean) and \(deviation)")
    (self.mean, self.deviation) = (mean, deviation)
  }
}

/// Views of 8-bit colour images, made in parallel: crop and resize, flip, colours, gray, blur, normalise.
///
/// The definitions are those of torchvision's functional transforms on float tensors in [0, 1].
/// - Parameters:
///   - pixels: images of one size, one after the other, each `[3, height, width]`.
///   - imageSize: their size.
///   - viewSize: the size of a view.
///   - viewsPerImage: the number of views of each image, from 1 up.
///   - parameters: called once for each view, possibly from several threads; view `image * viewsPerImage + v` is of
///     image `image`.
/// - Returns: `[images * viewsPerImage, 3, viewSize.height, viewSize.width]`, all views of an image together.
public func augmentedViews(
  of pixels: [UInt8], imageSize: ImageExtent, viewSize: ImageExtent, viewsPerImage: Int,
  normalisation: ColourNormalisation, parameters: (_ view: Int) -> ViewParameters
) -> Tensor {
  precondition(
    imageSize.height > 0 && imageSize.width > 0 && pixels.count % (3 * imageSize.pixels) == 0,
    "augmentedViews: \(pixels.count) bytes are not whole images of \(imageSize) in three channels")
  precondition(
    viewSize.height > 0 && viewSize.width > 0 && viewsPerImage > 0,
    "augmentedViews: \(viewsPerImage) views of size \(viewSize)")
  let imageBytes = 3 * imageSize.pixels
  let views = pixels.count / imageBytes * viewsPerImage
  let result = Tensor(uninitialized: [views, 3, viewSize.height, viewSize.width])
  let output = result.pointer
  pixels.withUnsafeBufferPointer { buffer in
    guard let images = buffer.baseAddress else { return }
    parallelRanges(views, grain: max(1, 8192 / viewSize.pixels)) { range in
      var workshop = ViewWorkshop(imageSize: imageSize, viewSize: viewSize, normalisation: normalisation)
      defer { workshop.deallocate() }
      for view in range {
        workshop.make(
          parameters(view), from: images + view / viewsPerImage * imageBytes,
          to: output + view * 3 * viewSize.pixels)
      }
    }
  }
  return result
}

/// One thread's memory for making views.
private struct ViewWorkshop {
  private var resizer: CropResizer
  private let planes: ColourPlanes
  private let blur: GaussianBlur
  private let normalisation: ColourNormalisation

  init(imageSize: ImageExtent, viewSize: ImageExtent, normalisation: ColourNormalisation) {
    resizer = CropResizer(imageSize: imageSize, outputSize: viewSize)
    planes = ColourPlanes(size: viewSize)
    blur = GaussianBlur(size: viewSize)
    self.normalisation = normalisation
  }

  func deallocate() {
    resizer.deallocate()
    planes.deallocate()
    blur.deallocate()
  }

  mutating func make(
    _ parameters: ViewParameters, from image: UnsafePointer<UInt8>, to output: UnsafeMutablePointer<Float>
  ) {
    let (crop, size) = (parameters.crop, resizer.imageSize)
    precondition(
      crop.top >= 0 && crop.left >= 0 && crop.height > 0 && crop.width > 0
        && crop.top + crop.height <= size.height && crop.left + crop.width <= size.width,
      "augmentedViews: \(crop) is not inside an image of \(size)")
    resizer.resize(image, crop: crop, isFlipped: parameters.isFlipped, to: planes)
    for adjustment in parameters.adjustments { planes.apply(adjustment) }
    if parameters.isGrayscale { planes.makeGray() }
    if let gaussian = parameters.blur { blur.apply(gaussian, to: planes) }
    planes.write(to: output, normalisation)
  }
}
