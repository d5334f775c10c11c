import Kernels
import Networks
import Testing
import Vision

@Suite("Views of images", .serialized)
struct ImageViewsTests {
  private let size = ImageExtent(height: 20, width: 24)

  private func pixels(_ images: Int) -> [UInt8] {
    var stream = RandomStream(seed: 2, name: "pixels")
    return (0..<images * 3 * size.pixels).map { _ in UInt8(stream.integer(below: 256)) }
  }

  private func views(_ count: Int, of pixels: [UInt8], seed: UInt64 = 1) -> Tensor {
    let streams = RandomStream(seed: seed, name: "views")
    return Augmentation.moco.views(count, of: pixels, size: size) { streams.substream($0) }
  }

  @Test("Views are [images x count, 3, outputSize, outputSize] in the normalised range")
  func shape() {
    let views = views(3, of: pixels(4))
    #expect(views.shape == [12, 3, 32, 32])
    #expect(views.values.allSatisfy { $0 > -2.00001 && $0 < 2.00001 })
  }

  @Test("The same seed gives the same views with any number of threads, another seed gives others")
  func seeds() {
    let before = Threads.count
    defer { Threads.set(before) }
    let pixels = pixels(50)
    Threads.set(1)
    let one = views(2, of: pixels).values
    Threads.set(4)
    #expect(views(2, of: pixels).values == one)
    #expect(views(2, of: pixels, seed: 2).values != one)
  }

  @Test("The second views alone are those that are made with the first")
  func later() {
    let (pixels, streams) = (pixels(4), RandomStream(seed: 1, name: "views"))
    let second = Augmentation.moco.views(1, from: 1, of: pixels, size: size) { streams.substream($0) }
    #expect(second.values == Tensor.dealt(views(2, of: pixels), into: 2)[1].values)
  }

  @Test("The first views of an image do not depend on how many are made, nor on the images after it")
  func prefixes() {
    let pixels = pixels(3)
    let many = views(5, of: pixels)
    let few = views(2, of: Array(pixels.prefix(3 * size.pixels)))
    #expect(few.values == many.rows(0..<2).values)
  }

  @Test("The views of an image differ from each other")
  func differ() {
    let views = views(2, of: pixels(1))
    #expect(views.rows(0..<1).values != views.rows(1..<2).values)
  }

  @Test("Pictures are the same views as bytes")
  func pictures() {
    let (pixels, streams) = (pixels(4), RandomStream(seed: 1, name: "views"))
    let pictures = Augmentation.moco.pictures(3, of: pixels, size: size) { streams.substream($0) }
    let colours = views(3, of: pixels).values.map { ($0 * 0.25 + 0.5) * 255 }
    #expect(pictures.count == 12 * 3 * 32 * 32)
    #expect(zip(colours, pictures).allSatisfy { abs($0 - Float($1)) <= 0.5 + 1e-3 })
  }

  @Test("The centre preset is the image itself at its own size, normalised")
  func centre() {
    let square = ImageExtent(height: 32, width: 32)
    var stream = RandomStream(seed: 2, name: "square")
    let pixels = (0..<3 * square.pixels).map { _ in UInt8(stream.integer(below: 256)) }
    let view = Augmentation.centre.views(1, of: pixels, size: square) { stream.substream($0) }.values
    let expected = pixels.map { (Float($0) / 255 - 0.5) * 4 }
    #expect(zip(view, expected).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
