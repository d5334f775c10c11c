import Testing

@testable import Kernels

@Suite("Bytes and colours") struct PixelBytesTests {
  /// Half up is away from zero where nothing is below zero.
  private func naive(_ value: Float) -> UInt8 {
    UInt8((min(1, max(0, value)) * 255).rounded(.toNearestOrAwayFromZero))
  }

  @Test("A colour becomes the nearest byte", arguments: [0, 1, 7, 8, 9, 37, 40_003])
  func rounds(count: Int) {
    let values = normals(count, seed: 1).map { 0.5 + $0 / 3 }
    #expect(pixelBytes(Tensor(values, shape: [count])) == values.map(naive))
  }

  @Test("Halves and their neighbours are rounded as the definition has it")
  func halves() {
    let halves = (0..<255).map { (Float($0) + 0.5) / 255 }
    let values = halves.flatMap { [$0.nextDown, $0, $0.nextUp] } + [0, 1, -0.1, 1.1, -.infinity, .infinity]
    #expect(pixelBytes(Tensor(values, shape: [values.count])) == values.map(naive))
    // 0.1 · 255 is exactly 25.5 as a float.
    #expect(pixelBytes(Tensor([0.1], shape: [1])) == [26])
  }

  @Test("Images by channel blocks give the same bytes")
  func layouts() {
    let pixels = Tensor(normals(210, seed: 1).map { 0.5 + $0 / 3 }, shape: [2, 3, 5, 7])
    #expect(pixelBytes(pixels.blocked()) == pixelBytes(pixels))
  }

  @Test("All bytes come back from colours in [0, 1]")
  func inverse() {
    let bytes = (0..<3 * 256).map { UInt8($0 % 256) }
    let colours = ColourNormalisation.identity.normalised(bytes, size: ImageExtent(height: 16, width: 16))
    #expect(colours.shape == [1, 3, 16, 16])
    #expect(colours.values.min() == 0 && colours.values.max() == 1)
    #expect(pixelBytes(colours) == bytes)
  }

  @Test(
    "Bytes and colours are normalised by channel: (value - mean) / deviation",
    arguments: [(1, 1, 1), (3, 5, 7), (2, 8, 4), (5, 33, 65), (0, 4, 4)])
  func normalises(images: Int, height: Int, width: Int) {
    let size = ImageExtent(height: height, width: width)
    let (mean, deviation): ([Float], [Float]) = ([0.5, 0.4, 0.3], [0.25, 0.2, 0.1])
    let normalisation = ColourNormalisation(mean: mean, deviation: deviation)
    let bytes = randomPixels(size, images: images)
    let expected = bytes.enumerated().map { index, byte in
      let channel = index / size.pixels % 3
      return Float((Double(byte) / 255 - Double(mean[channel])) / Double(deviation[channel]))
    }
    let found = normalisation.normalised(bytes, size: size)
    #expect(found.shape == [images, 3, height, width])
    #expect(largestDifference(found.values, expected) < 1e-6)
    let colours = ColourNormalisation.identity.normalised(bytes, size: size)
    #expect(normalisation.normalised(colours).values == found.values)
    #expect(normalisation.normalised(colours.blocked()).values == found.values)
  }
}
