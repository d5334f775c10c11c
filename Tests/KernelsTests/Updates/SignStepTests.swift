import Testing

@testable import Kernels

@Suite("Projected sign steps") struct SignStepTests {
  private func units(_ shape: [Int], seed: UInt64) -> Tensor {
    let values = normals(shape.reduce(1, *), seed: seed)
    return Tensor(values.map { min(1, max(0, 0.5 + $0 / 2)) }, shape: shape)
  }

  /// One value at a time, as the definition says it.
  private func naive(_ x: Float, _ gradient: Float, _ origin: Float, _ step: Float, _ radius: Float) -> Float
  {
    let sign: Float = gradient > 0 ? 1 : gradient < 0 ? -1 : 0
    return min(max(min(max(x + step * sign, origin - radius), origin + radius), 0), 1)
  }

  @Test("Each value moves along the gradient's sign and back into both bounds", arguments: updateSizes)
  func definition(count: Int) {
    for (step, radius) in [(Float(0.01), Float(0.03)), (-0.2, 0.1), (0.1, 0), (0, 0.05), (0.7, 2)] {
      let (pixels, origin) = (units([count], seed: 1), units([count], seed: 2))
      let gradient = Tensor(
        normals(count, seed: 3).enumerated().map { $0 % 5 == 0 ? 0 : $1 * 1e-20 }, shape: [count])
      // Taken once: values are a copy each time.
      let (before, slopes, centres) = (pixels.values, gradient.values, origin.values)
      let expected = (0..<count).map { naive(before[$0], slopes[$0], centres[$0], step, radius) }
      projectedSignStep(pixels, gradient: gradient, around: origin, step: step, radius: radius)
      #expect(pixels.values == expected, "step \(step), radius \(radius)")
    }
  }

  @Test("The gradient may lie by channel blocks, as convolutions leave it")
  func layouts() {
    let shape = [2, 3, 5, 7]
    let (pixels, origin) = (units(shape, seed: 1), units(shape, seed: 2))
    let (other, gradient) = (pixels.copy(), Tensor(normals(210, seed: 3), shape: shape))
    projectedSignStep(pixels, gradient: gradient, around: origin, step: 0.1, radius: 0.3)
    projectedSignStep(other, gradient: gradient.blocked(), around: origin, step: 0.1, radius: 0.3)
    #expect(pixels.values == other.values)
  }

  @Test("Where the gradient is not a number the value stays")
  func notANumber() {
    let pixels = Tensor([0.5, 0.5, 0.5], shape: [3])
    let gradient = Tensor([.nan, .infinity, -.infinity], shape: [3])
    projectedSignStep(pixels, gradient: gradient, around: pixels.copy(), step: 0.25, radius: 0.5)
    #expect(pixels.values == [0.5, 0.75, 0.25])
  }

  @Test("However many steps are taken, no value leaves the ball or the colours")
  func bounds() {
    let origin = units([1000], seed: 2)
    let pixels = origin.copy()
    for step in 0..<20 {
      projectedSignStep(
        pixels, gradient: flatNormals(1000, seed: UInt64(step)), around: origin, step: 0.02, radius: 0.05)
    }
    #expect(zip(pixels.values, origin.values).allSatisfy { abs($0 - $1) <= 0.05 + 1e-7 })
    #expect(pixels.values.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(pixels.values != origin.values)
  }
}
