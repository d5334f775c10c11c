import Encoders
import Files
import Vision

/// What results say of an encoder that was asked: who it is, what is known of its pre-training, and how the views were
/// made that it was asked about. What is unknown is null in JSON.
public struct EncoderRecord: Codable, Sendable, Equatable {
  /// Where the augmentation of views comes from.
  public enum AugmentationOrigin: String, Codable, Sendable, CaseIterable {
    /// It was given for the audit.
    case given
    /// It is the encoder's own from pre-training.
    case pretraining
    /// Nothing is known of the encoder's: MoCo's stands in.
    case assumed
  }

  /// The encoder's architecture, such as "resnet18-64 at 32 px".
  public let encoder: String
  /// A hash over its weights, or what else tells it from others.
  public let fingerprint: String
  /// The algorithm it was trained by.
  @OrNull public private(set) var algorithm: String?
  /// T, the epochs of pre-training.
  @OrNull public private(set) var epochs: Int?
  /// N, the size of the pre-training set.
  @OrNull public private(set) var members: Int?
  /// T/N: the gap between members and nonmembers grows with it.
  @OrNull public private(set) var epochsPerMember: Double?
  /// How views of images were made, at the encoder's size; nil for an encoder that takes no images.
  @OrNull public private(set) var augmentation: Augmentation?
  /// Where that comes from; nil without it.
  @OrNull public private(set) var augmentationOrigin: AugmentationOrigin?
  /// How useful the encoder is, where that was measured.
  @OrNull public var utility: Utility?

  /// How useful an encoder is.
  public struct Utility: Codable, Sendable, Equatable {
    /// The measure's name ("kNN accuracy", "contrastive accuracy").
    public var measure: String
    /// Its value, from 0 to 1.
    public var value: Double

    /// A measure and its value.
    public init(measure: String, value: Double) { (self.measure, self.value) = (measure, value) }
  }

  /// An encoder by what is known of it.
  public init(
    _ identity: EncoderIdentity, _ facts: EncoderFacts, views: (Augmentation, AugmentationOrigin)?,
    utility: Utility? = nil
  ) {
    (encoder, fingerprint) = (identity.name, identity.fingerprint)
    algorithm = facts.algorithm
    epochs = facts.epochs
    members = facts.members
    var ratio: Double?
    if let epochs = facts.epochs, let members = facts.members, members > 0 {
      ratio = Double(epochs) / Double(members)
    }
    epochsPerMember = ratio
    augmentation = views?.0
    augmentationOrigin = views?.1
    self.utility = utility
  }

  private enum CodingKeys: String, CodingKey {
    case epochs = "T"
    case members = "N"
    case epochsPerMember = "T/N"
    case encoder, fingerprint, algorithm, augmentation, augmentationOrigin, utility
  }
}

extension AttackConfiguration {
  /// How views are made for an encoder, at its size, and where that comes from.
  func augmentation(
    for encoder: any AuditedEncoder
  ) -> (Augmentation, EncoderRecord.AugmentationOrigin) {
    var (chosen, origin) = (Augmentation.moco, EncoderRecord.AugmentationOrigin.assumed)
    if let augmentation {
      (chosen, origin) = (augmentation, .given)
    } else if let own = encoder.facts.augmentation {
      (chosen, origin) = (own, .pretraining)
    }
    chosen.outputSize = encoder.imageSize
    return (chosen, origin)
  }

  /// What results say of an encoder that was asked by this audit.
  func record(of encoder: any AuditedEncoder) -> EncoderRecord {
    EncoderRecord(
      encoder.identity, encoder.facts,
      views: encoder.modalities.contains(.image) ? augmentation(for: encoder) : nil)
  }
}
