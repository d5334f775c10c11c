import Files
import Foundation

/// Mean and standard deviation of one value over trials.
public struct TrialSummary: Codable, Sendable, Equatable {
  /// The mean.
  public let mean: Double
  /// The standard deviation of a sample (divisor count - 1); nil for one trial, which has none.
  @OrNull public private(set) var standardDeviation: Double?
  /// The number of trials.
  public let count: Int

  /// Summarises at least one trial.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "TrialSummary: no trials")
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    count = values.count
    standardDeviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : nil
  }

  /// In percent as the paper prints it, such as "91.5 (0.4)"; one trial has no deviation.
  public var percent: String {
    guard let standardDeviation else { return String(format: "%.1f", 100 * mean) }
    return String(format: "%.1f (%.1f)", 100 * mean, 100 * standardDeviation)
  }
}

/// A value measured in several trials, each with its own seed: its mean, and how sure that is.
///
/// The interval is Student's, over the trials. Each trial has its own split and weights, so it covers the sampling of
/// images as well as of encoders; of two or three trials it is wide, as it should be.
public struct TrialInterval: Codable, Sendable, Equatable {
  /// The values by trial.
  public let values: [Double]
  /// The mean and the standard deviation.
  public let summary: TrialSummary
  /// The mean with its 95% interval; nil for one trial, which says nothing of others, and for trials that are all equal,
  /// as at the end of a scale, whose spread is unknown and not none.
  @OrNull public private(set) var estimate: Estimate?

  /// Summarises at least one trial.
  /// - Parameter range: what the value cannot leave, such as 0...1 for a rate.
  public init(_ values: [Double], within range: ClosedRange<Double>? = nil) {
    self.values = values
    let summary = TrialSummary(values)
    self.summary = summary
    guard let deviation = summary.standardDeviation, deviation > 0 else {
      estimate = nil
      return
    }
    let reach =
      StudentT.quantile(0.5 + Estimate.confidence / 2, freedom: values.count - 1)
      * deviation / Double(values.count).squareRoot()
    let (low, high) = (summary.mean - reach, summary.mean + reach)
    estimate = Estimate(
      value: summary.mean, low: range.map { max($0.lowerBound, low) } ?? low,
      high: range.map { min($0.upperBound, high) } ?? high)
  }

  /// The difference to another value of the same trials, trial by trial.
  public func minus(_ other: TrialInterval) -> TrialInterval {
    precondition(
      values.count == other.values.count,
      "TrialInterval.minus: \(values.count) trials and \(other.values.count)")
    return TrialInterval(zip(values, other.values).map { $0 - $1 })
  }
}
