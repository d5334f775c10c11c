import Kernels
import TestSupport
import Testing

struct ArithmeticTests {
  @Test("Filling sets every value", arguments: updateSizes)
  func fills(count: Int) {
    let tensor = flatNormals(count, seed: 1)
    fill(tensor, with: 2.5)
    #expect(tensor.values.allSatisfy { $0 == 2.5 })
  }

  @Test("Scaling multiplies every value", arguments: updateSizes)
  func scales(count: Int) {
    let tensor = flatNormals(count, seed: 1)
    let expected = tensor.values.map { $0 * 0.3 }
    scale(tensor, by: 0.3)
    #expect(tensor.values == expected)
  }

  @Test("The exponential average is m k + (1 - m) q", arguments: updateSizes)
  func interpolates(count: Int) {
    let (key, query) = (flatNormals(count, seed: 1), flatNormals(count, seed: 2))
    let expected = zip(key.values, query.values).map { $0 * Float(0.99) + $1 * Float(1 - 0.99) }
    interpolate(key, towards: query, keeping: 0.99)
    #expect(key.values == expected)
  }

  @Test("With m = 1 the target stays bit for bit, even beside infinite values")
  func interpolatesWithoutMoving() {
    let target = Tensor([1, -0.0, .leastNonzeroMagnitude], shape: [3])
    let before = bits(target)
    interpolate(target, towards: Tensor([.infinity, .nan, 1], shape: [3]), keeping: 1)
    #expect(bits(target) == before)
  }

  @Test("With m = 0 the target becomes the source")
  func interpolatesAtOnce() {
    let target = Tensor([.infinity, 2], shape: [2])
    interpolate(target, towards: Tensor([3, 4], shape: [2]), keeping: 0)
    #expect(target.values == [3, 4])
  }

  @Test("The squared norm equals the sum in double precision", arguments: updateSizes)
  func norms(count: Int) {
    let tensor = flatNormals(count, seed: 1)
    let expected = tensor.values.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(squaredNorm(tensor) - expected) <= 1e-12 * expected)
  }

  @Test("The squared norm of nothing is 0, and values beyond float's range do not overflow it")
  func normExtremes() {
    #expect(squaredNorm(Tensor(zeros: [0])) == 0)
    let large = Double(Float(1e30))
    #expect(squaredNorm(Tensor([1e30, 1e30], shape: [2])) == 2 * large * large)
  }

  @Test(
    "One value that is not finite is found wherever it stands", arguments: [Float.nan, .infinity, -.infinity])
  func findsNonFinite(value: Float) {
    for place in [0, 15, 16, 4095, 4096, 69_999, 70_002] {
      var values = normals(70_003, seed: 1)
      values[place] = value
      #expect(!isFinite(Tensor(values, shape: [70_003])), "place \(place)")
    }
  }

  @Test("Large, tiny and negative numbers are finite")
  func acceptsFinite() {
    let extremes: [Float] = [
      .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, -0.0,
    ]
    #expect(isFinite(Tensor(extremes, shape: [4])))
    #expect(isFinite(flatNormals(70_003, seed: 1)))
  }
}
