import Foundation

/// The distribution function of the beta distribution and its inverse, which exact binomial intervals are made of.
enum IncompleteBeta {
  /// The natural logarithm of the gamma function for x > 0, to a few units in the last place.
  ///
  /// Stirling's series is exact enough from 10 on; below, ln G(x) = ln G(x + 1) - ln x.
  static func logGamma(_ x: Double) -> Double {
    var (x, shift) = (x, 0.0)
    while x < 10 {
      shift += log(x)
      x += 1
    }
    let y = 1 / (x * x)
    // Bernoulli numbers B2k / (2k (2k - 1)).
    let series =
      (1.0 / 12 - y
        * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188 - y * 691.0 / 360_360))))) / x
    return (x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi) + series - shift
  }

  /// I_x(a, b), the probability that a beta(a, b) variable is at most x; a, b > 0, x in [0, 1].
  static func regularized(_ x: Double, _ a: Double, _ b: Double) -> Double {
    precondition(a > 0 && b > 0, "IncompleteBeta: parameters \(a), \(b) must be positive")
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    // The fraction converges fast below the mean; above it, I_x(a, b) = 1 - I_{1-x}(b, a).
    if x > (a + 1) / (a + b + 2) { return 1 - lower(1 - x, b, a) }
    return lower(x, a, b)
  }

  private static func lower(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let front = exp(a * log(x) + b * log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a
    return front * continuedFraction(x, a, b)
  }

  /// 1 / (1 + d1 / (1 + d2 / (1 + ...))) by Lentz's method (Abramowitz and Stegun 26.5.8).
  private static func continuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    let tiny = 1e-300
    func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / away(1 - (a + b) * x / (a + 1))
    var fraction = d
    // About sqrt(max(a, b)) terms are needed.
    for term in 1...100_000 {
      let m = Double(term)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / away(1 + even * d)
      c = away(1 + even / c)
      fraction *= c * d
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / away(1 + odd * d)
      c = away(1 + odd / c)
      let change = c * d
      fraction *= change
      if abs(change - 1) < 1e-15 { break }
    }
    return fraction
  }

  /// The x with I_x(a, b) = p, by bisection, which cannot fail.
  static func inverse(_ p: Double, _ a: Double, _ b: Double) -> Double {
    if p <= 0 { return 0 }
    if p >= 1 { return 1 }
    var (low, high) = (0.0, 1.0)
    while high - low > 1e-15 * high && high > 1e-300 {
      let middle = 0.5 * (low + high)
      if middle <= low || middle >= high { break }
      if regularized(middle, a, b) < p { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }
}

/// Student's distribution.
enum StudentT {
  /// The quantile: the t with P(T <= t) = p, for p in (0.5, 1).
  ///
  /// With x = v / (v + t²), P(|T| > t) = I_x(v/2, 1/2).
  static func quantile(_ p: Double, freedom: Int) -> Double {
    precondition(
      p > 0.5 && p < 1 && freedom >= 1, "StudentT.quantile: p \(p) with \(freedom) degrees of freedom")
    let x = IncompleteBeta.inverse(2 * (1 - p), Double(freedom) / 2, 0.5)
    return (Double(freedom) * (1 - x) / x).squareRoot()
  }
}

/// The standard normal distribution.
enum Normal {
  /// The quantile: the z with P(Z <= z) = p, for p in (0, 1).
  static func quantile(_ p: Double) -> Double {
    precondition(p > 0 && p < 1, "Normal.quantile: \(p) is outside (0, 1)")
    var (low, high) = (-40.0, 40.0)
    for _ in 0..<200 where high - low > 1e-14 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < p { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// A normal density.
struct NormalDensity: Equatable {
  let mean: Double
  let deviation: Double

  init(mean: Double, deviation: Double) { (self.mean, self.deviation) = (mean, deviation) }

  /// The most likely density of some values, at least a millionth of their mean wide.
  init(of values: [Double]) {
    let count = Double(max(1, values.count))
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    self.init(mean: mean, deviation: max(variance.squareRoot(), 1e-6 * (abs(mean) + 1e-6)))
  }

  /// The logarithm of the density, but for the constant that all densities share.
  func log(_ value: Double) -> Double {
    let distance = (value - mean) / deviation
    return -distance * distance / 2 - Foundation.log(deviation)
  }
}
