import Testing

@testable import Kernels

struct SquareRootTests {
  @Test("Vector roots are within one unit in the last place over all exponents")
  func accuracy() {
    for exponent in -120..<127 {
      let values = Lanes(
        (0..<16).map { Float(sign: .plus, exponent: exponent, significand: 1 + Float($0) / 16.3) })
      let roots = squareRoots(values)
      for lane in 0..<16 {
        let exact = values[lane].squareRoot()
        #expect(abs(roots[lane] - exact) <= exact.ulp, "\(values[lane])")
      }
    }
  }

  @Test("The root of 0 is 0, of the smallest numbers nearly 0, and of NaN is NaN")
  func extremes() {
    var values = Lanes(repeating: 0)
    values[1] = .leastNonzeroMagnitude
    values[2] = .leastNormalMagnitude
    values[3] = .nan
    let roots = squareRoots(values)
    #expect(roots[0] == 0)
    #expect(roots[1] >= 0 && roots[1] < 1e-18)
    #expect(abs(roots[2] - Float.leastNormalMagnitude.squareRoot()) < 1e-24)
    #expect(roots[3].isNaN)
  }
}
