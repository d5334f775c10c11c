import Contrastive
import Networks
import Vision

/// A fresh ResNet-18 in place of an encoder that cannot be had untrained: somebody else's, or a service.
///
/// It takes pictures of the same size and sees views of the same kind. What it tells apart is told apart by the pictures
/// alone; of what the audited architecture would do untrained it says nothing.
public final class StandInEncoder: AuditedEncoder {
  /// A ResNet-18, and in whose place it stands.
  public let identity: EncoderIdentity
  /// Nothing but how views are made.
  public let facts: EncoderFacts
  private let encoder: PretrainedEncoder

  /// A stand-in with fresh weights; nil for an encoder that takes no pictures, or of a size that no ResNet-18 takes.
  /// - Throws: nothing that a size which was checked could cause.
  public init?(for encoder: any AuditedEncoder, seed: UInt64) throws {
    let size = encoder.imageSize
    guard encoder.modalities.contains(.image), (8...512).contains(size) else { return nil }
    let augmentation = encoder.facts.augmentation ?? .moco
    let description = EncoderDescription(
      encoder: ImageEncoderConfiguration(
        .resnet18, stemStride: size < 64 ? 1 : size < 128 ? 2 : 4, imageSize: size),
      head: ProjectionHeadConfiguration(), augmentation: augmentation, algorithm: "none", epoch: 0,
      members: 1,
      temperature: 1)
    self.encoder = try PretrainedEncoder(
      description, .fresh(RandomStream(seed: seed, name: "stand-in")))
    identity = EncoderIdentity(
      name: "fresh \(description.encoderName) in place of \(encoder.identity.name)",
      fingerprint: self.encoder.fingerprint)
    facts = EncoderFacts(augmentation: encoder.facts.augmentation)
  }

  /// Images alone.
  public var modalities: Set<Modality> { encoder.modalities }
  /// The encoder's output, and that of the head.
  public var layers: Set<EmbeddingLayer> { encoder.layers }
  /// The size of the encoder in whose place it stands.
  public var imageSize: Int { encoder.imageSize }

  /// Both layers in one pass.
  public func answers(to pictures: Pictures) throws -> EncoderAnswers { try encoder.answers(to: pictures) }

  /// It has no text encoder.
  /// - Throws: ``AnswerError/modality(encoder:_:)``.
  public func answers(to captions: [String]) throws -> EncoderAnswers {
    throw AnswerError.modality(encoder: identity.name, .text)
  }

  /// Another with fresh weights.
  public func untrained(seed: UInt64) throws -> (any AuditedEncoder)? {
    try StandInEncoder(for: self, seed: seed)
  }
}
