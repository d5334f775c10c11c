import TestSupport
import Testing

@testable import Kernels

@Suite("Pooling") struct PoolingTests {
  static let shapes = [[2, 5, 7, 5], [1, 16, 2, 2], [3, 33, 4, 6], [2, 3, 1, 1], [2, 20, 3, 3]]

  @Test("The global average is the mean over pixels", arguments: shapes)
  func globalAverage(shape: [Int]) {
    let x = sample(shape)
    let pixels = shape[2] * shape[3]
    let values = x.values
    let expected = (0..<shape[0] * shape[1]).map { plane in
      values[plane * pixels..<(plane + 1) * pixels].map(Double.init).reduce(0, +) / Double(pixels)
    }
    #expect(relativeError(Pooling.globalAverage(x), expected) < 1e-6)
    #expect(relativeError(Pooling.globalAverage(x.blocked()), expected) < 1e-6)
  }

  @Test("The gradient of the global average goes to all pixels alike", arguments: shapes)
  func globalAverageGradient(shape: [Int]) {
    let gradient = sample([shape[0], shape[1]])
    let pixels = shape[2] * shape[3]
    let expected = gradient.values.flatMap { [Double](repeating: Double($0) / Double(pixels), count: pixels) }
    #expect(relativeError(Pooling.globalAverageGradient(gradient, inputShape: shape), expected) < 1e-6)
  }

  /// The index of the first greatest value of each 2x2 window.
  private func winners(_ x: Tensor) -> [Int] {
    let (values, height, width) = (x.values, x.shape[2], x.shape[3])
    var result: [Int] = []
    for plane in 0..<x.shape[0] * x.shape[1] {
      for y in 0..<height / 2 {
        for column in 0..<width / 2 {
          let corner = (plane * height + 2 * y) * width + 2 * column
          var best = corner
          for index in [corner + 1, corner + width, corner + width + 1] where values[index] > values[best] {
            best = index
          }
          result.append(best)
        }
      }
    }
    return result
  }

  @Test("Max-pooling takes the greatest of each window", arguments: shapes.filter { $0[2] > 1 })
  func max2x2(shape: [Int]) {
    let x = sample(shape)
    let values = x.values
    let pooled = Pooling.max2x2(x)
    #expect(pooled.shape == [shape[0], shape[1], shape[2] / 2, shape[3] / 2])
    #expect(pooled.values == winners(x).map { values[$0] })
  }

  @Test("Where values tie, the gradient of max-pooling goes to the first of the window only")
  func ties() {
    let shape = [2, 5, 6, 5]
    // Whole numbers from -1 to 1 tie in most windows.
    let x = Tensor(sample(shape).values.map { $0.rounded().clamped(to: -1...1) }, shape: shape)
    let pooled = Pooling.max2x2(x)
    let gradient = sample(pooled.shape, seed: 2)
    var expected = [Float](repeating: 0, count: x.count)
    for (index, value) in zip(winners(x), gradient.values) { expected[index] += value }
    #expect(Pooling.max2x2Gradient(gradient, input: x, output: pooled).values == expected)
  }
}

extension Float {
  fileprivate func clamped(to range: ClosedRange<Float>) -> Float {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }

  @Test("The maximum of pixels of which one is no number is none", arguments: 0..<4)
  func notANumber(place: Int) {
    var values: [Float] = [1, 2, 3, 4]
    values[place] = .nan
    #expect(Pooling.max2x2(Tensor(values, shape: [1, 1, 2, 2])).values[0].isNaN)
  }
}
