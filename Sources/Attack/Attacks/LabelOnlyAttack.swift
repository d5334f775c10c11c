import Data
import Kernels

/// Baseline B: whether classifiers downstream of the encoders are right about an input and its views (paper, section 5;
/// after Choquette-Choo et al., "Label-only membership inference attacks", ICML 2021).
///
/// A classifier is trained downstream of each encoder on the same labelled images. Of each input it is kept whether the
/// unaltered picture and each of e augmented versions are classified correctly, 1 or 0; a network like EncoderMI-V's
/// learns from the shadow's, and judges the target's by the target's own classifier.
/// Deviates from the paper: the augmented versions are the views that EncoderMI's features are made of
/// (``AttackConfiguration/views``; 10 by default, as e in the paper).
public struct LabelOnlyAttack: MembershipAttack {
  /// The paper's name.
  public let name = "Baseline B"
  /// Images alone.
  public let sets = [FeatureSet.imageImage]
  /// It needs labelled images, and the labels of inputs.
  public let isOnlyByName = true
  /// Whose predictions it looks at.
  public let needsDownstreamSet = true

  /// An attack whose settings come with the evidence.
  public init() {}

  /// It needs images, embeddings of both, labelled images of two classes or more, and inputs of these classes.
  public func obstacle(in audit: AuditCase) -> String? {
    audit.obstacle(to: sets) ?? audit.downstreamObstacle ?? audit.labelObstacle
  }

  /// The predicted classes of the pictures and views of both groups.
  public func needs(in audit: AuditCase) -> [Need] {
    AuditGroup.allCases.map { audit.need(.predictions, of: $0) }
  }

  /// The logit of "member" less that of "nonmember".
  public func run(_ audit: AuditCase) throws -> AttackOutcome {
    try AttackOutcome(
      vectorsOf: bits(.target, audit), learnedFrom: bits(.shadow, audit), attack: name, audit.configuration)
  }

  /// 1 where the class was predicted, else 0, `[inputs, 1 + views]`.
  private func bits(_ group: AuditGroup, _ audit: AuditCase) throws -> MembershipGroups<Tensor> {
    try audit.evidence.groups(audit.need(.predictions, of: group)).zip(audit.labels(of: group)).map {
      predictions, labels in
      let (values, width) = (predictions.values, predictions.shape[1])
      let bits = values.indices.map { place -> Float in
        labels[place / width].map { Float($0) } == values[place] ? 1 : 0
      }
      return Tensor(bits, shape: predictions.shape)
    }
  }
}
