import Testing

@testable import Kernels

@Suite("Gaussian blur")
struct GaussianBlurTests {
  @Test("Two passes equal the two-dimensional convolution with mirrored edges", arguments: [1, 3, 5, 11])
  func equalsNaive(taps: Int) {
    let size = ImageExtent(height: 8, width: 13)
    for deviation: Float in [0.1, 0.7, 2] {
      let pixels = randomPixels(size)
      let parameters = ViewParameters(crop: whole(size), blur: .init(taps: taps, deviation: deviation))
      let difference = largestDifference(
        view(pixels, size, parameters, to: size), naiveView(pixels, size, parameters, to: size))
      #expect(difference < 2e-6)
    }
  }

  @Test("The weights sum to one and are symmetric")
  func weights() {
    let weights = GaussianBlur.weights(.init(taps: 7, deviation: 1.3))
    #expect(abs(weights.reduce(0, +) - 1) < 1e-6)
    #expect(weights == weights.reversed())
  }
}
