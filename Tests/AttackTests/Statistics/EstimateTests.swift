import Foundation
import Networks
import Testing

@testable import Attack

@Suite struct EstimateTests {
  @Test("Clopper-Pearson intervals of known counts")
  func knownIntervals() {
    let eight = Estimate.rate(8, of: 10)
    #expect(abs(eight.low - 0.44390) < 5e-6 && abs(eight.high - 0.97479) < 5e-6)
    let half = Estimate.rate(50, of: 100)
    #expect(abs(half.low - 0.39832) < 5e-6 && abs(half.high - 0.60168) < 5e-6)
  }

  @Test("no successes and only successes have the closed forms 1 - (a/2)^(1/n) and (a/2)^(1/n)")
  func ends() {
    for n in [1, 10, 1000] {
      let root = pow(0.025, 1 / Double(n))
      #expect(abs(Estimate.rate(0, of: n).high - (1 - root)) < 1e-12)
      #expect(Estimate.rate(0, of: n).low == 0)
      #expect(abs(Estimate.rate(n, of: n).low - root) < 1e-12)
      #expect(Estimate.rate(n, of: n).high == 1)
    }
  }

  @Test("the interval covers the true rate at least 95 times in 100")
  func coverage() {
    var stream = RandomStream(seed: 11, name: "coverage")
    var covered = 0
    for _ in 0..<2000 {
      let successes = (0..<40).reduce(0) { count, _ in count + (stream.uniformDouble() < 0.2 ? 1 : 0) }
      if Estimate.rate(successes, of: 40).covers(0.2) { covered += 1 }
    }
    #expect(covered >= 1900 - 20)
  }

  @Test("the mean of two estimates lies between them with an interval narrower than either")
  func mean() {
    let mean = Estimate.mean(.rate(80, of: 100), .rate(60, of: 100))
    #expect(abs(mean.value - 0.7) < 1e-12)
    #expect(mean.low > 0.62 && mean.high < 0.77)
  }

  @Test("normal quantiles")
  func quantiles() {
    #expect(abs(Normal.quantile(0.975) - 1.959963984540054) < 1e-12)
    #expect(abs(Normal.quantile(0.5)) < 1e-12)
  }
}
