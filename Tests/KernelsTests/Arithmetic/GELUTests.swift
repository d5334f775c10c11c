import Foundation
import Testing

@testable import Kernels

@Suite("GELU") struct GELUTests {
  private func cumulative(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

  @Test(
    "x·Φ(x) has a relative error below 3e-6 down to -9, where a difference from one would have lost all digits"
  )
  func value() {
    var worst = 0.0
    for step in -9_000...9_000 where step != 0 {
      let x = Float(step) * 1e-3
      let expected = Double(x) * cumulative(Double(x))
      worst = max(worst, abs(Double(gelu(Lanes(repeating: x)).value[5]) / expected - 1))
    }
    #expect(worst < 3e-6)
  }

  @Test("The derivative is Φ(x) + x·φ(x) to 3e-7")
  func slope() {
    var worst = 0.0
    for step in -9_000...9_000 {
      let x = Float(step) * 1e-3
      let density = exp(-Double(x) * Double(x) / 2) / (2 * Double.pi).squareRoot()
      let expected = cumulative(Double(x)) + Double(x) * density
      worst = max(worst, abs(Double(gelu(Lanes(repeating: x)).slope[5]) - expected))
    }
    #expect(worst < 3e-7)
  }

  @Test(
    "Far from zero GELU is x or nothing, with slope one or nothing", arguments: [Activation.gelu, .quickGELU])
  func limits(form: Activation) {
    for x: Float in [60, 1e4, 1e30] {
      for sign: Float in [1, -1] {
        let argument = Lanes(repeating: sign * x)
        let (value, slope) = form == .gelu ? gelu(argument) : quickGELU(argument)
        #expect(value[0] == (sign > 0 ? x : 0))
        #expect(slope[0] == (sign > 0 ? 1 : 0))
      }
    }
  }

  @Test("QuickGELU and its derivative are x·sigmoid(1.702 x)'s")
  func quick() {
    for step in -1_000...1_000 {
      let x = Double(Float(step) * 1e-2)
      let share = 1 / (1 + exp(-1.702 * x))
      let (value, slope) = quickGELU(Lanes(repeating: Float(x)))
      #expect(abs(Double(value[0]) - x * share) < 1e-6)
      #expect(abs(Double(slope[0]) - share * (1 + 1.702 * x * (1 - share))) < 1e-6)
    }
  }
}
