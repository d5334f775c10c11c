import Foundation
import Testing

@testable import Kernels

@Suite("Elementary functions") struct FunctionsTests {
  private func exponentialOf(_ x: Float) -> Float { exponential(Lanes(repeating: x))[3] }
  private func tanhOf(_ x: Float) -> Float { hyperbolicTangent(Lanes(repeating: x))[3] }

  @Test("The exponential has a relative error below 3e-7 from -87 to 88")
  func exponentialAccuracy() {
    var worst = 0.0
    for step in 0...175_000 {
      let x = -87 + Float(step) * 0.001
      let expected = exp(Double(x))
      worst = max(worst, abs(Double(exponentialOf(x)) - expected) / expected)
    }
    #expect(worst < 3e-7)
  }

  @Test("The exponential of zero is one, and far below zero it is zero")
  func exponentialLimits() {
    #expect(exponentialOf(0) == 1)
    #expect(exponentialOf(-100) == 0)
    #expect(exponentialOf(-.infinity) == 0)
    #expect(exponentialOf(-1e30) == 0)
  }

  @Test("The exponential does not overflow")
  func exponentialIsFinite() {
    #expect(exponentialOf(1e30).isFinite)
  }

  @Test("tanh has a relative error below 5e-7 from -12 to 12, and never exceeds one")
  func tanhAccuracy() {
    var (worst, greatest) = (0.0, Float(0))
    for step in -120_000...120_000 where step != 0 {
      let x = Float(step) * 1e-4
      let found = tanhOf(x)
      worst = max(worst, abs(Double(found) / tanh(Double(x)) - 1))
      greatest = max(greatest, abs(found))
    }
    #expect(worst < 5e-7)
    #expect(greatest <= 1)
  }

  @Test("tanh is odd and zero at zero")
  func tanhSymmetry() {
    #expect(tanhOf(0) == 0)
    for x: Float in [1e-6, 0.3, 2, 7.9, 8, 1e10, .infinity] { #expect(tanhOf(-x) == -tanhOf(x)) }
  }
}
