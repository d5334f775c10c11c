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
  let maker = ViewMaker(
    pixels, imageSize: imageSize, viewSize: viewSize, viewsPerImage: viewsPerImage, "augmentedViews")
  let result = Tensor(uninitialized: maker.shape)
  let output = result.pointer
  maker.make(parameters) { planes, start in planes.write(to: output + start, normalisation) }
  return result
}

/// The same views as 8-bit pictures: colours in [0, 1] times 255, rounded once, halves up, and not normalised.
/// - Parameters:
///   - pixels: images of one size, one after the other, each `[3, height, width]`.
///   - imageSize: their size.
///   - viewSize: the size of a view.
///   - viewsPerImage: the number of views of each image, from 1 up.
///   - parameters: called once for each view, possibly from several threads; view `image * viewsPerImage + v` is of
///     image `image`.
/// - Returns: `[images * viewsPerImage, 3, viewSize.height, viewSize.width]`, all views of an image together.
public func augmentedPictures(
  of pixels: [UInt8], imageSize: ImageExtent, viewSize: ImageExtent, viewsPerImage: Int,
  parameters: (_ view: Int) -> ViewParameters
) -> [UInt8] {
  let maker = ViewMaker(
    pixels, imageSize: imageSize, viewSize: viewSize, viewsPerImage: viewsPerImage, "augmentedPictures")
  let bytes = maker.shape.reduce(1, *)
  return [UInt8](unsafeUninitializedCapacity: bytes) { buffer, count in
    count = bytes
    guard let output = buffer.baseAddress else { return }
    maker.make(parameters) { planes, start in planes.write(to: output + start) }
  }
}

/// Makes all views of some images, in parallel.
private struct ViewMaker {
  private let pixels: [UInt8]
  private let imageSize: ImageExtent
  private let viewSize: ImageExtent
  private let viewsPerImage: Int
  /// Of all views.
  let shape: [Int]

  init(
    _ pixels: [UInt8], imageSize: ImageExtent, viewSize: ImageExtent, viewsPerImage: Int, _ operation: String
  ) {
    precondition(
      imageSize.height > 0 && imageSize.width > 0 && pixels.count % (3 * imageSize.pixels) == 0,
      "\(operation): \(pixels.count) bytes are not whole images of \(imageSize) in three channels")
    precondition(
      viewSize.height > 0 && viewSize.width > 0 && viewsPerImage > 0,
      "\(operation): \(viewsPerImage) views of size \(viewSize)")
    (self.pixels, self.imageSize, self.viewSize) = (pixels, imageSize, viewSize)
    self.viewsPerImage = viewsPerImage
    let views = pixels.count / (3 * imageSize.pixels) * viewsPerImage
    shape = [views, 3, viewSize.height, viewSize.width]
  }

  /// Calls `write` with each view and the place of its first value among those of all views.
  func make(_ parameters: (_ view: Int) -> ViewParameters, write: (ColourPlanes, _ start: Int) -> Void) {
    pixels.withUnsafeBufferPointer { buffer in
      guard let images = buffer.baseAddress else { return }
      parallelRanges(shape[0], grain: max(1, 8192 / viewSize.pixels)) { range in
        var workshop = ViewWorkshop(imageSize: imageSize, viewSize: viewSize)
        defer { workshop.deallocate() }
        for view in range {
          let image = images + view / viewsPerImage * 3 * imageSize.pixels
          write(workshop.make(parameters(view), from: image), view * 3 * viewSize.pixels)
        }
      }
    }
  }
}

/// One thread's memory for making views.
private struct ViewWorkshop {
  private var resizer: CropResizer
  private let planes: ColourPlanes
  private let blur: GaussianBlur

  init(imageSize: ImageExtent, viewSize: ImageExtent) {
    resizer = CropResizer(imageSize: imageSize, outputSize: viewSize)
    planes = ColourPlanes(size: viewSize)
    blur = GaussianBlur(size: viewSize)
  }

  func deallocate() {
    resizer.deallocate()
    planes.deallocate()
    blur.deallocate()
  }

  /// The view, in memory that the next one takes.
  mutating func make(_ parameters: ViewParameters, from image: UnsafePointer<UInt8>) -> ColourPlanes {
    let (crop, size) = (parameters.crop, resizer.imageSize)
    precondition(
      crop.top >= 0 && crop.left >= 0 && crop.height > 0 && crop.width > 0
        && crop.top + crop.height <= size.height && crop.left + crop.width <= size.width,
      "augmentedViews: \(crop) is not inside an image of \(size)")
    resizer.resize(image, crop: crop, isFlipped: parameters.isFlipped, to: planes)
    for adjustment in parameters.adjustments { planes.apply(adjustment) }
    if parameters.isGrayscale { planes.makeGray() }
    if let gaussian = parameters.blur { blur.apply(gaussian, to: planes) }
    return planes
  }
}
