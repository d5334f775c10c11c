import Data
import Foundation

/// Quantile regression (Bertran et al., NeurIPS 2023, "Scalable membership inference attacks via quantile regression"), in
/// its Gaussian form: how far an input's mean similarity lies above what the picture alone lets expect of a nonmember.
///
/// Of known nonmembers, as the same encoder embeds them, mean and logarithm of the deviation of the similarity are
/// regressed on statistics of the picture that need no encoder (``ImageStatistics``); the score is the standardised
/// residual, which a threshold for all inputs may then cut. No reference encoder is trained. Known nonmembers are the
/// shadow's: by the seed, bank and held ones of ``KnownNonmembers`` are regressed, all others decide on the threshold with
/// the shadow's members.
/// Deviates from the paper: the score is a mean similarity and no logit; both regressions are linear in the statistics and
/// have a closed form, where the paper trains a network on the input itself; the threshold is the one that makes the fewest
/// mistakes on the shadow, where the paper takes a quantile of the normal distribution.
public struct QuantileAttack: MembershipAttack {
  private let kind: FeatureSet

  /// An attack on the mean similarity of a feature set that has an image.
  public init(_ kind: FeatureSet) {
    precondition(kind.usesImage, "QuantileAttack: \(kind.name) similarities have no image")
    self.kind = kind
  }

  /// Quantile regression, with the feature set.
  public var name: String { "quantile regression (\(kind.name))" }

  /// It needs known nonmembers.
  public let isOnlyByName = true

  /// The feature set.
  public var sets: [FeatureSet] { [kind] }

  /// It needs enough known nonmembers.
  public func obstacle(in audit: AuditCase) -> String? {
    if let obstacle = audit.obstacle(to: sets) { return obstacle }
    let count = audit.evidence.population(.shadow).nonmembers.count
    guard parts(audit) == nil else { return nil }
    return
      "it needs at least \(2 * KnownNonmembers.fewest) known nonmembers to regress on, and \(KnownNonmembers.fewest) for the "
      + "threshold, and the shadow has \(count) in all"
  }

  /// Both groups' similarities, and the shadow's as the target gives them.
  public func needs(in audit: AuditCase) -> [Need] {
    let (target, shadow) = (audit.featureNeeds(sets, of: .target), audit.featureNeeds(sets, of: .shadow))
    return target + shadow + shadow.map { Need($0.extract, of: .shadow, by: audit.tested) }
  }

  /// The standardised residual.
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    guard let parts = parts(audit) else { preconditionFailure("QuantileAttack without nonmembers") }
    let (ofTarget, ofShadow) = (try inputs(audit, .target), try inputs(audit, .shadow))
    func regression(by role: EncoderRole) throws -> GaussianRegression {
      let scores = try audit.means(kind, of: .shadow, by: role).nonmembers
      return GaussianRegression(
        parts.regressed.map { ofShadow.nonmembers[$0] }, parts.regressed.map { Double(scores[$0]) })
    }
    func residuals(
      _ scores: MembershipGroups<[Float]>, _ inputs: MembershipGroups<[[Double]]>, by role: EncoderRole
    ) throws -> MembershipGroups<[Float]> {
      let regression = try regression(by: role)
      return scores.zip(inputs).map { scores, inputs in
        Swift.zip(scores, inputs).map { Float(regression.residual(Double($0), of: $1)) }
      }
    }
    let target = try residuals(audit.means(kind, of: .target), ofTarget, by: audit.tested)
    let shadow = try residuals(audit.means(kind, of: .shadow), ofShadow, by: audit.learner)
    let optimum = OptimalThreshold(
      members: shadow.members, nonmembers: parts.judged.map { shadow.nonmembers[$0] })
    // The shadow's nonmembers that were regressed have residuals that are too small, and are not scored.
    return AttackOutcome(target: try MembershipScores(target, threshold: optimum.threshold))
  }

  /// Which of the shadow's nonmembers serve for what: no one for two things.
  private func parts(_ audit: AuditCase) -> (regressed: [Int], judged: [Int])? {
    audit.configuration.knownNonmembers.parts(
      of: audit.evidence.population(.shadow).nonmembers.count, seed: audit.configuration.seed
    ).map { (($0.bank + $0.held).sorted(), $0.judged) }
  }

  /// What each picture of a group tells without an encoder.
  private func inputs(_ audit: AuditCase, _ group: AuditGroup) throws -> MembershipGroups<[[Double]]> {
    try audit.evidence.population(group).map { population in
      try population.images.map { try ImageStatistics.of($0, population.indices).map(\.values) } ?? []
    }
  }
}

/// A normal density of a value given some inputs: its mean, and the logarithm of its deviation, are linear in these.
struct GaussianRegression {
  private let mean: RidgeRegression
  private let logDeviation: RidgeRegression
  /// Added to the logarithm, so that left-out residuals have the mean square 1 once they are standardised.
  private let shift: Double

  /// Regresses the value, and then the logarithm of what is left of it, as it is where the example itself is left out.
  init(_ rows: [[Double]], _ values: [Double]) {
    mean = RidgeRegression(rows, values)
    let squares = mean.leftOut.reduce(0) { $0 + $1 * $1 } / Double(values.count)
    // What happens to be met exactly must not weigh without bounds.
    let least = max(1e-3 * squares.squareRoot(), 1e-12)
    let logDeviation = RidgeRegression(rows, mean.leftOut.map { log(max(abs($0), least)) })
    self.logDeviation = logDeviation
    let standardised = zip(rows, mean.leftOut).map { $1 * exp(-logDeviation($0)) }
    shift = log(max(standardised.reduce(0) { $0 + $1 * $1 } / Double(values.count), 1e-24)) / 2
  }

  /// How many deviations a value lies above its mean.
  func residual(_ value: Double, of row: [Double]) -> Double {
    (value - mean(row)) * exp(-logDeviation(row) - shift)
  }
}

/// A linear regression with a penalty on squared weights, which leave-one-out errors choose; closed form.
struct RidgeRegression {
  private let centre: [Double]
  private let weights: [Double]
  private let level: Double
  /// For each example the value less what is predicted of it by all others.
  let leftOut: [Double]

  /// Penalties that are tried, in shares of the inputs' variance, from none to speak of to one that leaves the mean alone.
  private static let penalties = [1e-3, 1e-2, 0.1, 1, 10, 100, 1e4]

  /// - Parameter rows: the inputs of each example, `[examples, inputs]`, at least two examples.
  init(_ rows: [[Double]], _ values: [Double]) {
    let width = rows.first?.count ?? 0
    precondition(
      rows.count >= 2 && rows.count == values.count && rows.allSatisfy { $0.count == width },
      "RidgeRegression: \(rows.count) rows for \(values.count) values")
    let count = Double(rows.count)
    let centre = (0..<width).map { column in rows.reduce(0) { $0 + $1[column] } / count }
    let level = values.reduce(0, +) / count
    // Inputs of any unit weigh alike.
    let scales = (0..<width).map { column -> Double in
      let squares = rows.reduce(0) { $0 + ($1[column] - centre[column]) * ($1[column] - centre[column]) }
      let deviation = (squares / count).squareRoot()
      return deviation > 1e-9 * (1 + abs(centre[column])) ? deviation : 1
    }
    let inputs = rows.map { row in (0..<width).map { (row[$0] - centre[$0]) / scales[$0] } }
    var (products, right) = (
      [Double](repeating: 0, count: width * width), [Double](repeating: 0, count: width)
    )
    for (input, value) in zip(inputs, values) {
      for i in 0..<width {
        right[i] += input[i] * (value - level)
        for j in 0...i { products[i * width + j] += input[i] * input[j] }
      }
    }
    var best: (weights: [Double], leftOut: [Double], error: Double)?
    for penalty in RidgeRegression.penalties {
      var matrix = products
      for i in 0..<width { matrix[i * width + i] += penalty * count }
      let factor = CholeskyFactor(matrix, size: width)
      let weights = factor.solution(right)
      let leftOut = zip(inputs, values).map { input, value in
        let predicted = zip(input, weights).reduce(level) { $0 + $1.0 * $1.1 }
        // How far an example pulls its own prediction: the diagonal of the hat matrix.
        let pull = zip(input, factor.solution(input)).reduce(1 / count) { $0 + $1.0 * $1.1 }
        return (value - predicted) / max(1 - pull, 1e-9)
      }
      let error = leftOut.reduce(0) { $0 + $1 * $1 }
      if error < best?.error ?? .infinity { best = (weights, leftOut, error) }
    }
    (self.centre, self.level) = (centre, level)
    weights = zip(best?.weights ?? [], scales).map { $0 / $1 }
    leftOut = best?.leftOut ?? values.map { $0 - level }
  }

  /// What is predicted of an input.
  func callAsFunction(_ row: [Double]) -> Double {
    weights.indices.reduce(level) { $0 + weights[$1] * (row[$1] - centre[$1]) }
  }
}
