/// CSA: a pair is a member if the cosine of its image and caption is at least a threshold (Ko et al. 2023, "Practical
/// membership inference attacks against large-scale multi-modal models", section 4.1).
public struct CosineAttack: PairBaseline {
  /// CSA.
  public let name = "CSA"
  /// The pair's cosine.
  public let sets = [FeatureSet.pair]

  /// An attack without settings.
  public init() {}

  /// It needs image and caption.
  public func applies(to knowledge: CaptionKnowledge) -> Bool { knowledge.featureSets.contains(.pair) }

  /// The plain cosine.
  public func scores(_ evidence: PairEvidence) throws -> MembershipScores {
    let cosines = (
      shadow: evidence.shadow.map { $0.cosines ?? [] }, target: evidence.target.map { $0.cosines ?? [] }
    )
    return try cosines.target.judged(byShadow: cosines.shadow)
  }
}
