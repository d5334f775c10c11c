import Data
import Foundation

/// LiRA on encoders' scores (Carlini et al. 2022, "Membership inference attacks from first principles"): how likely an
/// input's mean similarity is among references that did not see it, and among those that did.
///
/// Deviates from the paper: the score is a mean similarity and no logit; one set of references serves all inputs; the
/// threshold comes from the shadow's inputs, with the target in the shadow's place, as in ``CalibratedAttack``.
public struct LikelihoodRatioAttack: MembershipAttack {
  /// Which references are looked at.
  public enum Form: Sendable {
    /// Those that did not see the input: how many of their deviations the score lies above their mean.
    case offline
    /// Also those that saw it: the ratio of two normal densities.
    case online
  }

  private let kind: FeatureSet
  private let form: Form

  /// An attack on a feature set's mean similarity.
  public init(_ kind: FeatureSet, _ form: Form) { (self.kind, self.form) = (kind, form) }

  /// LiRA, with the feature set.
  public var name: String { (form == .online ? "online LiRA" : "LiRA") + " (\(kind.name))" }

  /// It needs references.
  public let isOnlyByName = true
  /// It does.
  public let usesReferences = true

  /// The feature set.
  public var sets: [FeatureSet] { [kind] }

  /// It needs references beyond the one that calibrated scores are content with.
  public func obstacle(in audit: AuditCase) -> String? {
    if let obstacle = CalibratedAttack(kind).obstacle(in: audit) { return obstacle }
    let references = AuditGroup.allCases.map { audit.references(for: $0) }
    let isSeen = references.allSatisfy { $0.contains { $0.saw.pooled.contains(true) } }
    if form == .online && !isSeen {
      return
        "it needs references that saw some of the inputs; pre-train them by --ensemble, give them by --references"
    }
    guard references.contains(where: { $0.count < 2 }) else { return nil }
    return
      "by the shadow alone, or one reference, it is the \(CalibratedAttack(kind).name); give more by --references"
  }

  /// The feature set by the encoders that are attacked and by the references.
  public func needs(in audit: AuditCase) -> [Need] { CalibratedAttack(kind).needs(in: audit) }

  /// The z-score, or the logarithm of the likelihood ratio.
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    let (target, shadow) = (try scores(audit, .target), try scores(audit, .shadow))
    return try AttackOutcome(
      target: target.scores, judgedBy: shadow.scores,
      notes: form == .offline && target.isShared
        ? [
          "some input has fewer than \(LikelihoodRatio.fewest) references that did not see it, so all share one deviation, "
            + "and inputs are ordered as by the \(CalibratedAttack(kind).name)"
        ] : [])
  }

  private func scores(
    _ audit: AuditCase, _ group: AuditGroup
  ) throws -> (scores: MembershipGroups<[Float]>, isShared: Bool) {
    let own = try audit.means(kind, of: group)
    let references = try audit.references(for: group).map { reference in
      LikelihoodRatio.Reference(
        scores: try audit.means(kind, of: group, by: reference.role).pooled.map(Double.init),
        saw: reference.saw.pooled)
    }
    let populations = audit.evidence.population(group)
    // Members and nonmembers together, so that nothing that is pooled knows who is which.
    let found = try LikelihoodRatio(references) { index in
      let members = populations.members
      return index < members.count
        ? members.name(of: index) : populations.nonmembers.name(of: index - members.count)
    }
    let scores = own.pooled.enumerated().map { index, score in
      Float(
        form == .online ? found.ratio(Double(score), of: index) : found.distance(Double(score), of: index))
    }
    let groups = MembershipGroups(
      members: Array(scores.prefix(own.members.count)),
      nonmembers: Array(scores.dropFirst(own.members.count)))
    return (groups, found.isShared)
  }
}

/// For each input normal densities of its score among references that did not see it, and among those that did.
struct LikelihoodRatio {
  /// What one reference says of all inputs.
  struct Reference {
    let scores: [Double]
    /// For each input whether it was trained on it.
    let saw: [Bool]
  }

  /// Scores of an input that its own deviation is taken from; where some input has fewer, all share one deviation, as
  /// the paper advises for few references.
  static let fewest = 8

  /// Whether all inputs share one deviation among references that did not see them.
  let isShared: Bool
  private let unseen: [NormalDensity]
  private let seen: [NormalDensity]

  /// - Parameter name: how errors name an input.
  /// - Throws: ``AttackError/seenByAll(inputs:)`` where an input's references all saw it, and no input has both kinds,
  ///   from which the others' means could be told.
  init(_ references: [Reference], name: (Int) -> String = { "\($0)" }) throws {
    let inputs = references.first?.scores.count ?? 0
    func values(_ input: Int, _ saw: Bool) -> [Double] {
      references.filter { $0.saw[input] == saw }.map { $0.scores[input] }
    }
    let groups = (unseen: (0..<inputs).map { values($0, false) }, seen: (0..<inputs).map { values($0, true) })
    // By how much the references that saw an input score it higher, on average over inputs that have both kinds.
    let gaps = zip(groups.unseen, groups.seen).filter { !$0.isEmpty && !$1.isEmpty }.map {
      LikelihoodRatio.mean($1) - LikelihoodRatio.mean($0)
    }
    let lacking = (0..<inputs).filter { groups.unseen[$0].isEmpty }
    if gaps.isEmpty && !lacking.isEmpty { throw AttackError.seenByAll(inputs: lacking.map(name)) }
    let gap = gaps.isEmpty ? 0 : LikelihoodRatio.mean(gaps)
    func means(_ own: [[Double]], _ other: [[Double]], _ shift: Double) -> [Double] {
      zip(own, other).map { $0.isEmpty ? LikelihoodRatio.mean($1) + shift : LikelihoodRatio.mean($0) }
    }
    let centres = (
      unseen: means(groups.unseen, groups.seen, -gap), seen: means(groups.seen, groups.unseen, gap)
    )
    isShared = groups.unseen.contains { $0.count < LikelihoodRatio.fewest }
    let shared = (
      unseen: LikelihoodRatio.deviation(groups.unseen, centres.unseen),
      seen: LikelihoodRatio.deviation(groups.seen, centres.seen)
    )
    // Where one kind has no deviation, since no input has two scores of it, the other kind's stands in: a ratio of two
    // widths would make low scores surer members than those in the middle.
    unseen = LikelihoodRatio.densities(groups.unseen, centres.unseen, shared.unseen ?? shared.seen ?? 1)
    seen = LikelihoodRatio.densities(groups.seen, centres.seen, shared.seen ?? shared.unseen ?? 1)
  }

  /// How many deviations a score of an input lies above the mean of references that did not see it.
  func distance(_ score: Double, of input: Int) -> Double {
    (score - unseen[input].mean) / unseen[input].deviation
  }

  /// The logarithm of the ratio of the densities at a score of an input, seen to unseen.
  func ratio(_ score: Double, of input: Int) -> Double {
    seen[input].log(score) - unseen[input].log(score)
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(max(1, values.count))
  }

  private static func squares(_ values: [Double], _ mean: Double) -> Double {
    values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }

  /// The deviation that all inputs share: the root of the squares' sum over the degrees of freedom; nil where there is no
  /// freedom, since no input has two scores.
  private static func deviation(_ values: [[Double]], _ means: [Double]) -> Double? {
    let freedom = values.reduce(0) { $0 + max(0, $1.count - 1) }
    guard freedom > 0 else { return nil }
    return (zip(values, means).reduce(0) { $0 + squares($1.0, $1.1) } / Double(freedom)).squareRoot()
  }

  /// Each input's own deviation where all have enough scores, else the one that all inputs share.
  private static func densities(
    _ values: [[Double]], _ means: [Double], _ shared: Double
  ) -> [NormalDensity] {
    let isOwn = values.allSatisfy { $0.count >= fewest }
    // Of equal scores the deviation is a thousandth of what all share, or where that is nothing, tiny.
    let least = max(1e-3 * shared, 1e-9)
    return means.indices.map { input in
      let deviation =
        isOwn
        ? (squares(values[input], means[input]) / Double(values[input].count - 1)).squareRoot() : shared
      return NormalDensity(mean: means[input], deviation: max(deviation, least))
    }
  }
}
