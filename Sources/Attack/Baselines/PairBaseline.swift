import Data

/// An attack on pairs beside EncoderMI's classifiers.
///
/// A score is higher for a surer member; the threshold comes from the shadow, or from known nonmembers.
public protocol PairBaseline: Sendable {
  /// Its name in tables and files.
  var name: String { get }

  /// What it looks at, as the feature sets that are made of the same.
  var sets: [FeatureSet] { get }

  /// Whether an auditor with some knowledge can make it.
  func applies(to knowledge: CaptionKnowledge) -> Bool

  /// Learns from the shadow and scores the target's groups.
  /// - Throws: ``PairAttackError`` where the evidence does not suffice, ``EvaluationError``.
  func scores(_ evidence: PairEvidence) throws -> MembershipScores
}

/// The table of all baselines on pairs.
public enum PairBaselines {
  /// In the order of results.
  public static let all: [any PairBaseline] = [
    CosineAttack(), AugmentationEnhancedAttack(), WeaklySupervisedAttack(),
    NormLikelihoodAttack(.image), NormLikelihoodAttack(.caption), NormLikelihoodAttack(.pair),
    CalibratedAttack(.pair), CalibratedAttack(.imageText), CalibratedAttack(.imageImage),
    CalibratedAttack(.textText),
  ]
}

extension MembershipGroups where Value == [Float] {
  /// These scores of a target's groups, with the threshold that makes the fewest mistakes on the shadow's.
  func judged(byShadow shadow: MembershipGroups<[Float]>) throws -> MembershipScores {
    let optimum = OptimalThreshold(members: shadow.members, nonmembers: shadow.nonmembers)
    return try MembershipScores(self, threshold: optimum.threshold)
  }
}
