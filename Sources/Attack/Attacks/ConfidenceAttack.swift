import Data
import Kernels

/// Baseline A: how sure classifiers downstream of the encoders are of an input (paper, section 5; after Salem et al.,
/// "ML-Leaks", NDSS 2019).
///
/// A classifier is trained downstream of each encoder on the same labelled images. A network like EncoderMI-V's learns from
/// the confidences of the shadow's members and nonmembers, in descending order, and judges the target's by the target's
/// own classifier.
public struct ConfidenceAttack: MembershipAttack {
  /// The paper's name.
  public let name = "Baseline A"
  /// Images alone.
  public let sets = [FeatureSet.imageImage]
  /// It needs labelled images.
  public let isOnlyByName = true
  /// Whose confidences it looks at.
  public let needsDownstreamSet = true

  /// An attack whose settings come with the evidence.
  public init() {}

  /// It needs images, embeddings of both, and labelled images of two classes or more.
  public func obstacle(in audit: AuditCase) -> String? {
    audit.obstacle(to: sets) ?? audit.downstreamObstacle
  }

  /// The confidences in the unaltered pictures of both groups.
  public func needs(in audit: AuditCase) -> [Need] {
    AuditGroup.allCases.map { audit.need(.confidences, of: $0) }
  }

  /// The logit of "member" less that of "nonmember".
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    func ranked(_ group: AuditGroup) throws -> MembershipGroups<Tensor> {
      try audit.evidence.groups(audit.need(.confidences, of: group)).map(\.ranked)
    }
    return try AttackOutcome(
      vectorsOf: ranked(.target), learnedFrom: ranked(.shadow), attack: name, audit.configuration)
  }
}
