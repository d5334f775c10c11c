import Contrastive
import Kernels
import Vision

extension EncoderDescription {
  /// The image encoder in words, such as "resnet18-64 at 32 px".
  public var encoderName: String { "\(encoder.name) at \(encoder.imageSize) px" }

  /// What a checkpoint tells of its pre-training.
  public var facts: EncoderFacts {
    EncoderFacts(
      algorithm: algorithm, epochs: epoch, members: members, augmentation: augmentation,
      captionsPerImage: clip?.captionsPerImage)
  }
}

extension PretrainedEncoder: AuditedEncoder {
  public var identity: EncoderIdentity {
    EncoderIdentity(name: description.encoderName, fingerprint: fingerprint)
  }
  public var facts: EncoderFacts { description.facts }
  public var modalities: Set<Modality> { [.image] }
  public var layers: Set<EmbeddingLayer> { [.embedding, .projection] }
  public var imageSize: Int { description.encoder.imageSize }
  public var normalisation: ColourNormalisation {
    ColourNormalisation(mean: description.augmentation.mean, deviation: description.augmentation.deviation)
  }

  public func answers(to pictures: Tensor) throws -> EncoderAnswers {
    let (embedding, projection) = embeddings(of: pictures)
    return EncoderAnswers([.embedding: embedding, .projection: projection])
  }

  public func answers(to captions: [String]) throws -> EncoderAnswers {
    throw AnswerError.modality(encoder: description.encoderName, .text)
  }

  public func untrained(seed: UInt64) throws -> (any AuditedEncoder)? {
    try untrained(seed: seed) as PretrainedEncoder
  }
}

extension PretrainedCLIP: AuditedEncoder {
  public var identity: EncoderIdentity { image.identity }
  public var facts: EncoderFacts { description.facts }
  public var modalities: Set<Modality> { [.image, .text] }
  public var layers: Set<EmbeddingLayer> { image.layers }
  public var imageSize: Int { image.imageSize }
  public var normalisation: ColourNormalisation { image.normalisation }

  public func answers(to pictures: Tensor) throws -> EncoderAnswers { try image.answers(to: pictures) }

  public func answers(to captions: [String]) throws -> EncoderAnswers {
    let (embedding, projection) = embeddings(of: captions)
    return EncoderAnswers([.embedding: embedding, .projection: projection])
  }

  public func untrained(seed: UInt64) throws -> (any AuditedEncoder)? {
    try untrained(seed: seed) as PretrainedCLIP
  }
}
