import Networks
import Testing

@testable import Kernels

@Suite("Crop and resize")
struct CropResizerTests {
  @Test("Cropping and resizing equals the triangle filter written out, for any sizes")
  func equalsNaive() {
    var stream = RandomStream(seed: 3, name: "sizes")
    for seed in 0..<60 {
      func side(_ bound: Int) -> Int { 1 + stream.integer(below: bound) }
      let size = ImageExtent(height: 1 + side(49), width: 1 + side(49))
      let viewSize = ImageExtent(height: side(40), width: side(40))
      let (height, width) = (side(size.height), side(size.width))
      let crop = ViewParameters.Crop(
        top: stream.integer(below: size.height - height + 1),
        left: stream.integer(below: size.width - width + 1),
        height: height, width: width)
      let parameters = ViewParameters(crop: crop, isFlipped: seed % 2 == 0)
      let pixels = randomPixels(size, seed: UInt64(seed))
      let difference = largestDifference(
        view(pixels, size, parameters, to: viewSize), naiveView(pixels, size, parameters, to: viewSize))
      #expect(difference < 2e-6, "\(crop) of \(size) to \(viewSize)")
    }
  }

  @Test("The whole image at its own size is the image")
  func identity() {
    let size = ImageExtent(height: 13, width: 21)
    let pixels = randomPixels(size)
    let values = view(pixels, size, ViewParameters(crop: whole(size)), to: size)
    #expect(largestDifference(values, pixels.map { Float($0) / 255 }) < 1e-7)
  }

  @Test("A crop at its own size is those pixels")
  func plainCrop() {
    let size = ImageExtent(height: 9, width: 11)
    let pixels = randomPixels(size)
    let crop = ViewParameters.Crop(top: 2, left: 3, height: 4, width: 5)
    let values = view(pixels, size, ViewParameters(crop: crop), to: ImageExtent(height: 4, width: 5))
    let expected = (0..<60).map { index in
      let (channel, row, column) = (index / 20, index / 5 % 4, index % 5)
      return Float(pixels[channel * 99 + (2 + row) * 11 + 3 + column]) / 255
    }
    #expect(largestDifference(values, expected) < 1e-7)
  }

  @Test("Halving the size of a checkerboard gives its mean inside")
  func antialiased() {
    let size = ImageExtent(height: 32, width: 32)
    let plane = (0..<size.pixels).map { UInt8(($0 / 32 + $0) % 2 * 255) }
    let half = ImageExtent(height: 16, width: 16)
    let values = view(plane + plane + plane, size, ViewParameters(crop: whole(size)), to: half)
    let inside = (0..<256).filter { (1..<15).contains($0 / 16) && (1..<15).contains($0 % 16) }
    #expect(inside.allSatisfy { abs(values[$0] - 0.5) < 1e-6 })
  }

  @Test("Flipping twice gives the view back")
  func flipTwice() {
    let size = ImageExtent(height: 10, width: 19)
    let pixels = randomPixels(size)
    let flipped = view(pixels, size, ViewParameters(crop: whole(size), isFlipped: true), to: size)
    let bytes = flipped.map { UInt8(($0 * 255).rounded()) }
    #expect(bytes != pixels)
    let again = view(bytes, size, ViewParameters(crop: whole(size), isFlipped: true), to: size)
    #expect(largestDifference(again, pixels.map { Float($0) / 255 }) < 1e-7)
  }

  @Test("The last pixels of the last image are read without what lies behind them")
  func lastPixels() {
    let size = ImageExtent(height: 2, width: 2)
    let pixels = randomPixels(size, images: 3)
    let crop = ViewParameters.Crop(top: 1, left: 1, height: 1, width: 1)
    let views = augmentedViews(
      of: pixels, imageSize: size, viewSize: ImageExtent(height: 8, width: 8), viewsPerImage: 1,
      normalisation: .identity
    ) { _ in ViewParameters(crop: crop) }
    let last = Array(views.values.suffix(64))
    #expect(last.allSatisfy { abs($0 - Float(pixels[35]) / 255) < 1e-6 })
  }
}
