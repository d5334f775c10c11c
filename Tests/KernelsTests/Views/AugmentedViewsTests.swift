import Testing

@testable import Kernels

@Suite("Augmented views", .serialized)
struct AugmentedViewsTests {
  private let size = ImageExtent(height: 12, width: 10)

  /// Parameters that differ from view to view.
  private func parameters(_ view: Int) -> ViewParameters {
    ViewParameters(
      crop: .init(top: view % 4, left: view % 3, height: 5 + view % 4, width: 4 + view % 4),
      isFlipped: view % 2 == 0, adjustments: [.contrast(0.5 + Float(view) / 10), .hue(0.1)],
      isGrayscale: view % 5 == 0, blur: view % 7 == 0 ? .init(taps: 3, deviation: 1) : nil)
  }

  private func views(_ pixels: [UInt8], viewsPerImage: Int) -> Tensor {
    augmentedViews(
      of: pixels, imageSize: size, viewSize: ImageExtent(height: 9, width: 9), viewsPerImage: viewsPerImage,
      normalisation: ColourNormalisation(mean: [0.5, 0.4, 0.3], deviation: [0.25, 0.2, 0.1]),
      parameters: parameters)
  }

  @Test("Views of many images are those of each image, all views of an image together")
  func order() {
    let pixels = randomPixels(size, images: 5)
    let views = views(pixels, viewsPerImage: 3)
    #expect(views.shape == [15, 3, 9, 9])
    for view in 0..<15 {
      let image = Array(pixels[view / 3 * 360..<(view / 3 + 1) * 360])
      let naive = naiveView(image, size, parameters(view), to: ImageExtent(height: 9, width: 9))
      let expected = naive.enumerated().map { index, value in
        (value - [0.5, 0.4, 0.3][index / 81]) / [0.25, 0.2, 0.1][index / 81]
      }
      #expect(largestDifference(views.rows(view..<view + 1).values, expected) < 5e-5)
    }
  }

  private func pictures(_ pixels: [UInt8], viewsPerImage: Int) -> [UInt8] {
    augmentedPictures(
      of: pixels, imageSize: size, viewSize: ImageExtent(height: 9, width: 9), viewsPerImage: viewsPerImage,
      parameters: parameters)
  }

  @Test("Pictures are the views before normalisation, rounded to bytes")
  func pictures() {
    let pixels = randomPixels(size, images: 30)
    let (pictures, views) = (pictures(pixels, viewsPerImage: 3), views(pixels, viewsPerImage: 3))
    #expect(pictures.count == 90 * 3 * 81)
    let distances = zip(views.values, pictures).enumerated().map { index, pair in
      let channel = index / 81 % 3
      let colour = pair.0 * [0.25, 0.2, 0.1][channel] + [0.5, 0.4, 0.3][channel]
      return abs(colour * 255 - Float(pair.1))
    }
    #expect(distances.allSatisfy { $0 <= 0.5 + 1e-3 })
  }

  @Test("A picture of a whole image at its own size is the image")
  func wholePicture() {
    let pixels = randomPixels(size, images: 3)
    let found = augmentedPictures(of: pixels, imageSize: size, viewSize: size, viewsPerImage: 1) { _ in
      ViewParameters(crop: whole(size))
    }
    #expect(found == pixels)
  }

  @Test("The number of threads changes no bit")
  func threads() {
    let before = Threads.count
    defer { Threads.set(before) }
    let pixels = randomPixels(size, images: 200)
    Threads.set(1)
    let (one, bytes) = (views(pixels, viewsPerImage: 4).values, pictures(pixels, viewsPerImage: 4))
    Threads.set(3)
    #expect(views(pixels, viewsPerImage: 4).values == one)
    #expect(pictures(pixels, viewsPerImage: 4) == bytes)
  }

  @Test("An image of one gray value stays so under all changes but brightness")
  func constantImage() {
    let pixels = [UInt8](repeating: 100, count: 3 * size.pixels)
    let parameters = ViewParameters(
      crop: .init(top: 1, left: 2, height: 7, width: 5), isFlipped: true,
      adjustments: [.hue(0.1), .contrast(1.3), .saturation(0.7)], blur: .init(taps: 5, deviation: 1))
    let values = view(pixels, size, parameters, to: ImageExtent(height: 6, width: 11))
    // The gray weights sum to 0.9999, so contrast and saturation move it by less than 1e-4.
    #expect(values.allSatisfy { abs($0 - 100.0 / 255) < 1e-4 })
  }

  @Test("No images make an empty tensor, and no bytes")
  func none() {
    #expect(views([], viewsPerImage: 2).shape == [0, 3, 9, 9])
    #expect(pictures([], viewsPerImage: 2).isEmpty)
  }
}
