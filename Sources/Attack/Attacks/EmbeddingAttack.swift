import Data
import Kernels

/// Baseline D: the embedding itself, as if it were a vector of confidences (paper, section 5).
///
/// A network like EncoderMI-V's learns from the embeddings of the shadow's members and nonmembers, the components of each
/// in descending order as Baseline A's confidences are, and judges the target's. It looks at the output that
/// ``AttackConfiguration/layer`` names.
/// Deviates from the paper: whether the paper ranks the components is not known here.
public struct EmbeddingAttack: MembershipAttack {
  /// The paper's name.
  public let name = "Baseline D"
  /// Images alone.
  public let sets = [FeatureSet.imageImage]
  /// A yardstick.
  public let isOnlyByName = true

  /// An attack without settings.
  public init() {}

  /// It needs images, and both encoders' embeddings. That these have one width shows when both have answered.
  public func obstacle(in audit: AuditCase) -> String? {
    audit.obstacle(to: sets) ?? audit.obstacle(to: audit.configuration.layer)
  }

  /// The embeddings of the unaltered pictures of both groups.
  public func needs(in audit: AuditCase) -> [Need] {
    AuditGroup.allCases.map { audit.need(.picture(audit.configuration.layer), of: $0) }
  }

  /// The logit of "member" less that of "nonmember".
  /// - Throws: ``AttackError/otherWidths(target:shadow:layer:)``.
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    let layer = audit.configuration.layer
    func embeddings(_ group: AuditGroup) throws -> MembershipGroups<Tensor> {
      try audit.evidence.groups(audit.need(.picture(layer), of: group))
    }
    let (target, shadow) = (try embeddings(.target), try embeddings(.shadow))
    let widths = (target: target.members.shape[1], shadow: shadow.members.shape[1])
    guard widths.target == widths.shadow else {
      throw AttackError.otherWidths(target: widths.target, shadow: widths.shadow, layer: layer)
    }
    return try AttackOutcome(
      vectorsOf: target.map(\.ranked), learnedFrom: shadow.map(\.ranked), attack: name, audit.configuration)
  }
}
