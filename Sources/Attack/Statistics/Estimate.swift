import Foundation

/// A measured value with its confidence interval.
public struct Estimate: Codable, Sendable, Equatable {
  /// The measured value.
  public let value: Double
  /// Lower end of the interval.
  public let low: Double
  /// Upper end of the interval.
  public let high: Double

  /// The level of all intervals unless another is asked for.
  public static let confidence = 0.95

  /// A value with its interval.
  public init(value: Double, low: Double, high: Double) {
    self.value = value
    self.low = low
    self.high = high
  }

  /// Whether the whole interval lies above a reference.
  public func isAbove(_ reference: Double) -> Bool { low > reference }

  /// Whether the interval holds a reference.
  public func covers(_ reference: Double) -> Bool { low <= reference && reference <= high }

  /// The interval in percent: "48.1-52.3%".
  var percentRange: String { String(format: "%.1f-%.1f%%", 100 * low, 100 * high) }

  /// A rate of `successes` among `trials` with the exact interval of Clopper and Pearson (1934).
  ///
  /// The interval covers the true rate with at least the stated confidence, at any sample size from 1 on; a rate without
  /// trials is not defined.
  public static func rate(
    _ successes: Int, of trials: Int, confidence: Double = Estimate.confidence
  ) -> Estimate {
    precondition(
      trials > 0 && 0 <= successes && successes <= trials,
      "Estimate.rate: \(successes) successes among \(trials) trials")
    return rate(Double(successes), of: Double(trials), confidence: confidence)
  }

  /// The same for a count with fractions, as half-counted ties give.
  static func rate(_ successes: Double, of trials: Double, confidence: Double) -> Estimate {
    let tail = (1 - confidence) / 2
    let failures = trials - successes
    let low = successes <= 0 ? 0 : IncompleteBeta.inverse(tail, successes, failures + 1)
    let high = failures <= 0 ? 1 : 1 - IncompleteBeta.inverse(tail, failures, successes + 1)
    return Estimate(value: successes / trials, low: low, high: high)
  }

  /// The mean of two independent estimates.
  ///
  /// Each end's distance is the root of the summed squares of the two distances, halved: the method of variance
  /// estimates recovery (Zou and Donner 2008), which keeps the asymmetry of exact intervals.
  static func mean(_ a: Estimate, _ b: Estimate) -> Estimate {
    let value = (a.value + b.value) / 2
    let below = hypot(a.value - a.low, b.value - b.low) / 2
    let above = hypot(a.high - a.value, b.high - b.value) / 2
    return Estimate(value: value, low: max(0, value - below), high: min(1, value + above))
  }
}
