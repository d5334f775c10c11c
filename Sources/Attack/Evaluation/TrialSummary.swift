import Foundation

/// Mean and standard deviation of one value over trials.
public struct TrialSummary: Codable, Sendable, Equatable {
  /// The mean.
  public let mean: Double
  /// The standard deviation of a sample (divisor count - 1), 0 for one trial.
  public let standardDeviation: Double
  /// The number of trials.
  public let count: Int

  /// Summarises at least one trial.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "TrialSummary: no trials")
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    standardDeviation = values.count > 1 ? (squares / Double(values.count - 1)).squareRoot() : 0
    count = values.count
  }

  /// In percent as the paper prints it, such as "91.5 (0.4)"; one trial has no deviation.
  public var percent: String {
    count > 1
      ? String(format: "%.1f (%.1f)", 100 * mean, 100 * standardDeviation)
      : String(format: "%.1f", 100 * mean)
  }
}
