/// AEA: the cosine of image and caption, and how far it drops when the image is transformed (Ko et al. 2023, section
/// 4.2). An encoder that remembers a pair remembers the image as it was; what it has learned in general holds for views
/// too.
///
/// Deviates from the paper: the drop is the mean over the attack's views, not the sum over a list of transformations,
/// so that it weighs alike for any number of them.
public struct AugmentationEnhancedAttack: PairBaseline {
  /// AEA.
  public let name = "AEA"
  /// The pair's cosine, and those of views with variants.
  public let sets = [FeatureSet.imageText, .pair]

  /// An attack without settings.
  public init() {}

  /// It needs image and caption.
  public func applies(to knowledge: CaptionKnowledge) -> Bool { knowledge.featureSets.contains(.pair) }

  /// s + (s - mean over views of s_v).
  public func scores(_ evidence: PairEvidence) throws -> MembershipScores {
    try evidence.target.map(Self.scores).judged(byShadow: evidence.shadow.map(Self.scores))
  }

  static func scores(_ observations: PairObservations) -> [Float] {
    zip(observations.cosines ?? [], observations.transformedCosines ?? []).map { 2 * $0 - $1 }
  }
}
