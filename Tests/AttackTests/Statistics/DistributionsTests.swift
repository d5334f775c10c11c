import Foundation
import Testing

@testable import Attack

@Suite struct IncompleteBetaTests {
  @Test("the logarithm of the gamma function agrees with factorials and with G(1/2) = sqrt(pi)")
  func logGamma() {
    var factorial = 0.0
    for n in 1...60 {
      #expect(abs(IncompleteBeta.logGamma(Double(n)) - factorial) < 1e-13 * max(1, factorial))
      factorial += log(Double(n))
    }
    #expect(abs(IncompleteBeta.logGamma(0.5) - 0.5 * log(Double.pi)) < 1e-14)
  }

  @Test("closed forms: I_x(1, b) = 1 - (1 - x)^b, I_x(a, 1) = x^a, I_1/2(a, a) = 1/2")
  func closedForms() {
    for x in [0.001, 0.1, 0.37, 0.5, 0.83, 0.999] {
      for a in [0.5, 1, 2, 7.5, 300] {
        #expect(abs(IncompleteBeta.regularized(x, 1, a) - (1 - pow(1 - x, a))) < 1e-13)
        #expect(abs(IncompleteBeta.regularized(x, a, 1) - pow(x, a)) < 1e-13)
        #expect(abs(IncompleteBeta.regularized(0.5, a, a) - 0.5) < 1e-12)
      }
    }
  }

  @Test("at whole parameters it is the upper tail of a binomial")
  func binomialTail() {
    let (n, p) = (25, 0.3)
    for k in 1...n {
      var tail = 0.0
      for j in k...n {
        tail += exp(
          IncompleteBeta.logGamma(Double(n + 1)) - IncompleteBeta.logGamma(Double(j + 1))
            - IncompleteBeta.logGamma(Double(n - j + 1)) + Double(j) * log(p) + Double(n - j) * log(1 - p))
      }
      #expect(abs(IncompleteBeta.regularized(p, Double(k), Double(n - k + 1)) - tail) < 1e-12)
    }
  }

  @Test("the inverse undoes the function, at small and large parameters")
  func inverse() {
    for (a, b) in [(0.5, 0.5), (1, 20), (8, 3), (100, 900), (15_000, 5_000)] {
      for p in [1e-6, 0.025, 0.5, 0.975] {
        let x = IncompleteBeta.inverse(p, a, b)
        #expect(abs(IncompleteBeta.regularized(x, a, b) - p) < 1e-9 * max(p, 1e-3))
      }
    }
  }
}

@Suite struct NormalDensityTests {
  @Test("the log-ratio of two normals of one width is linear: of N(1, 1) to N(0, 1) it is x - 1/2")
  func ratio() {
    let (first, second) = (NormalDensity(mean: 1, deviation: 1), NormalDensity(mean: 0, deviation: 1))
    for x in [-2.0, 0, 0.5, 3] { #expect(abs(first.log(x) - second.log(x) - (x - 0.5)) < 1e-12) }
    // Of different widths, at the common mean: the log of the widths' ratio.
    let wide = NormalDensity(mean: 1, deviation: 3)
    #expect(abs(first.log(1) - wide.log(1) - log(3)) < 1e-12)
  }

  @Test("the most likely density has the values' mean and deviation, and some width even of equal values")
  func fitted() {
    #expect(NormalDensity(of: [1, 3]) == NormalDensity(mean: 2, deviation: 1))
    #expect(NormalDensity(of: [2, 2]).deviation > 0)
  }
}
