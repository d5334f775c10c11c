import Autodiff
import Contrastive
import Kernels
import Vision

extension EncoderDescription {
  /// The image encoder in words, such as "resnet18-64 at 32 px".
  public var encoderName: String { "\(encoder.name) at \(encoder.imageSize) px" }

  /// What pictures' colours are brought to before the encoder sees them.
  var normalisation: ColourNormalisation {
    ColourNormalisation(mean: augmentation.mean, deviation: augmentation.deviation)
  }

  /// What a checkpoint tells of its pre-training.
  public var facts: EncoderFacts {
    EncoderFacts(
      algorithm: algorithm, epochs: epoch, members: members, augmentation: augmentation,
      captionsPerImage: clip?.captionsPerImage, temperature: temperature)
  }
}

extension PretrainedEncoder: AuditedEncoder {
  /// Its architecture and a hash over all its weights.
  public var identity: EncoderIdentity {
    EncoderIdentity(name: description.encoderName, fingerprint: fingerprint)
  }
  /// What its checkpoint tells.
  public var facts: EncoderFacts { description.facts }
  /// Images alone.
  public var modalities: Set<Modality> { [.image] }
  /// The encoder's output, and that of the head.
  public var layers: Set<EmbeddingLayer> { [.embedding, .projection] }
  /// Height and width that it was trained at.
  public var imageSize: Int { description.encoder.imageSize }

  /// Both layers in one pass.
  public func answers(to pictures: Pictures) throws -> EncoderAnswers {
    let (embedding, projection) = embeddings(of: pictures.normalised(description.normalisation))
    return EncoderAnswers([.embedding: embedding, .projection: projection])
  }

  /// It has no text encoder.
  /// - Throws: ``AnswerError/modality(encoder:_:)``.
  public func answers(to captions: [String]) throws -> EncoderAnswers {
    throw AnswerError.modality(encoder: description.encoderName, .text)
  }

  /// An encoder of the same shape with fresh weights.
  public func untrained(seed: UInt64) throws -> (any AuditedEncoder)? {
    try untrained(seed: seed) as PretrainedEncoder
  }
}

extension PretrainedCLIP: AuditedEncoder {
  /// Its architecture and a hash over all its weights.
  public var identity: EncoderIdentity { image.identity }
  /// What its checkpoint tells.
  public var facts: EncoderFacts { description.facts }
  /// Images and captions.
  public var modalities: Set<Modality> { [.image, .text] }
  /// The encoders' outputs, and the joint space.
  public var layers: Set<EmbeddingLayer> { image.layers }
  /// Height and width that it was trained at.
  public var imageSize: Int { image.imageSize }

  /// Both layers in one pass.
  public func answers(to pictures: Pictures) throws -> EncoderAnswers { try image.answers(to: pictures) }

  /// Both layers in one pass.
  public func answers(to captions: [String]) throws -> EncoderAnswers {
    let (embedding, projection) = embeddings(of: captions)
    return EncoderAnswers([.embedding: embedding, .projection: projection])
  }

  /// Encoders of the same shapes with fresh weights.
  public func untrained(seed: UInt64) throws -> (any AuditedEncoder)? {
    try untrained(seed: seed) as PretrainedCLIP
  }
}

extension PretrainedEncoder: DifferentiableEncoder {
  /// Through the network and the normalisation of colours.
  public func inputGradients(of pixels: Tensor, loss: (Tape, Variable) -> Variable) -> Tensor {
    let normalisation = description.normalisation
    let gradients = viewGradients(of: normalisation.normalised(pixels), loss: loss)
    // The pixels were divided by the deviations, so their gradients are too.
    return ColourNormalisation(mean: [0, 0, 0], deviation: normalisation.deviation).normalised(gradients)
  }
}

extension PretrainedCLIP: DifferentiableEncoder {
  /// Of its image encoder.
  public func inputGradients(of pixels: Tensor, loss: (Tape, Variable) -> Variable) -> Tensor {
    image.inputGradients(of: pixels, loss: loss)
  }
}
