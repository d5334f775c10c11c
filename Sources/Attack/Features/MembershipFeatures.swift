import Files
import Kernels

/// M(x, h): for each input the similarities of all pairs of its views' embeddings, in descending order; or several
/// sets of similarities one after the other, each in descending order.
///
/// An attack sees nothing else of an input, whatever its modality and wherever its embeddings come from.
public struct MembershipFeatures: Sendable {
  /// What the scores are.
  public let configuration: FeatureConfiguration
  /// Scores, `[inputs, scores]`, each set's part of a row descending (the paper's Ranking).
  public let scores: Tensor

  /// Features from scores that are already at hand, each set's part of a row in any order.
  ///
  /// - Parameter scores: `[inputs, scores]`, finite.
  /// - Throws: `InvalidSetting` when there are fewer than two views.
  public init(configuration: FeatureConfiguration, scores rows: [[Float]]) throws {
    try configuration.validate()
    for row in rows {
      precondition(
        row.count == configuration.scores,
        "MembershipFeatures: a row of \(row.count) scores, \(configuration.scores) expected")
    }
    self.configuration = configuration
    let ranges = configuration.ranges
    let ranked = rows.flatMap { row in ranges.flatMap { row[$0].sorted(by: >) } }
    scores = Tensor(ranked, shape: [rows.count, configuration.scores])
  }

  /// Features from each set's scores, `[inputs, scores of the set]`, each row descending.
  init(configuration: FeatureConfiguration, parts: [Tensor]) {
    let ranges = configuration.ranges
    let inputs = parts.first?.shape[0] ?? 0
    precondition(
      parts.map(\.shape) == ranges.map { [inputs, $0.count] },
      "MembershipFeatures: sets of shapes \(parts.map(\.shape)) for \(ranges.map(\.count)) scores an input")
    self.init(
      configuration: configuration,
      scores: parts.dropFirst().reduce(parts[0]) { Rows.joined($0, $1) })
  }

  private init(configuration: FeatureConfiguration, scores: Tensor) {
    self.configuration = configuration
    self.scores = scores
  }

  /// The number of inputs.
  public var count: Int { scores.shape[0] }

  /// The scores of each input by rows.
  public var rows: [[Float]] {
    let (values, width) = (scores.values, configuration.scores)
    return (0..<count).map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
  }

  /// The mean score of each input (the paper's Average), summed in double precision.
  public var means: [Float] { means(in: 0..<configuration.scores) }

  /// For each set the mean score of each input.
  public var meansBySet: [[Float]] { configuration.ranges.map(means(in:)) }

  /// The mean score of each input over some columns.
  private func means(in columns: Range<Int>) -> [Float] {
    let (values, width) = (scores.values, configuration.scores)
    return (0..<count).map { input in
      let row = values[(input * width + columns.lowerBound)..<(input * width + columns.upperBound)]
      return Float(row.reduce(0.0) { $0 + Double($1) } / Double(columns.count))
    }
  }

  /// The features of some inputs, in the order given.
  public func selecting(_ inputs: [Int]) -> MembershipFeatures {
    let (values, width) = (scores.values, configuration.scores)
    let selected = inputs.flatMap { values[($0 * width)..<(($0 + 1) * width)] }
    return MembershipFeatures(
      configuration: configuration, scores: Tensor(selected, shape: [inputs.count, width]))
  }

  /// These inputs followed by those of other features of the same configuration.
  public func appending(_ other: MembershipFeatures) throws -> MembershipFeatures {
    try other.require(configuration)
    return MembershipFeatures(
      configuration: configuration,
      scores: Tensor(
        scores.values + other.scores.values, shape: [count + other.count, configuration.scores]))
  }

  /// Checks that these are features of a configuration.
  /// - Throws: ``FeatureError/mismatch(expected:found:)``.
  public func require(_ expected: FeatureConfiguration) throws {
    if configuration != expected { throw FeatureError.mismatch(expected: expected, found: configuration) }
  }
}
