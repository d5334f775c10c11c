import Data

/// EncoderMI (paper, section 4): an inference classifier on the membership features of some feature sets, trained on the
/// shadow and applied to the target.
public struct InferenceAttack: MembershipAttack {
  /// Which of the paper's classifiers.
  public let kind: InferenceClassifierKind
  /// The feature sets that the classifier sees side by side.
  public let sets: [FeatureSet]

  /// A classifier on some feature sets.
  public init(_ kind: InferenceClassifierKind, _ sets: [FeatureSet]) { (self.kind, self.sets) = (kind, sets) }

  /// EncoderMI-V, -S or -T.
  public var name: String { kind.name }

  /// The features of both groups.
  public func needs(in audit: AuditCase) -> [Need] {
    audit.featureNeeds(sets, of: .shadow) + audit.featureNeeds(sets, of: .target)
  }

  /// What the classifier says.
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    let shadow = try audit.features(sets, of: .shadow)
    let classifier = try kind.fit(
      shadow, settings: audit.configuration.classifiers, seed: audit.configuration.seed)
    return AttackOutcome(
      target: try classifier.membershipScores(audit.features(sets, of: .target)),
      shadow: try shadow.map { try classifier.scores($0).map(Double.init) }, classifier: classifier)
  }
}
