import Data

/// AEA: the cosine of image and caption, and how far it drops when the image is transformed (Ko et al. 2023, section
/// 4.2). An encoder that remembers a pair remembers the image as it was; what it has learned in general holds for views
/// too.
///
/// Deviates from the paper: the drop is the mean over the attack's views, not the sum over a list of transformations,
/// so that it weighs alike for any number of them.
public struct AugmentationEnhancedAttack: MembershipAttack {
  /// AEA.
  public let name = "AEA"
  /// The pair's cosine, and those of views with variants.
  public let sets = [FeatureSet.imageText, .pair]

  /// An attack without settings.
  public init() {}

  /// Cosines of the unaltered image and of its views, each with the unaltered caption.
  public func needs(in audit: AuditCase) -> [Need] {
    guard let caption = audit.caption else { return [] }
    return AuditGroup.allCases.flatMap { group in
      audit.featureNeeds([.pair], of: group) + [audit.need(.viewCosines(caption.holding), of: group)]
    }
  }

  /// s + (s - mean over views of s_v).
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    try AttackOutcome(target: scores(audit, of: .target), judgedBy: scores(audit, of: .shadow))
  }

  /// The same of a group.
  public func scores(_ audit: AuditCase, of group: AuditGroup) throws -> MembershipGroups<[Float]> {
    guard let caption = audit.caption else { preconditionFailure("AEA without captions") }
    let views = try audit.evidence.groups(audit.need(.viewCosines(caption.holding), of: group))
    return try audit.means(.pair, of: group).zip(views).map { cosines, views in
      AugmentationEnhancedAttack.scores(cosines, ofViews: views.values)
    }
  }

  static func scores(_ cosines: [Float], ofViews views: [Float]) -> [Float] {
    zip(cosines, views).map { 2 * $0 - $1 }
  }
}
