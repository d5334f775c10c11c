/// CSA: a pair is a member if the cosine of its image and caption is at least a threshold (Ko et al. 2023, "Practical
/// membership inference attacks against large-scale multi-modal models", section 4.1).
public struct CosineAttack: MembershipAttack {
  /// CSA.
  public let name = "CSA"
  /// The pair's cosine.
  public let sets = [FeatureSet.pair]

  /// An attack without settings.
  public init() {}

  /// The plain cosines of both groups.
  public func needs(in audit: AuditCase) -> [Need] {
    audit.featureNeeds(sets, of: .shadow) + audit.featureNeeds(sets, of: .target)
  }

  /// The plain cosine.
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    try AttackOutcome(
      target: audit.means(.pair, of: .target), judgedBy: audit.means(.pair, of: .shadow))
  }
}
