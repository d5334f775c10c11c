import Autodiff
import Data
import Files
import Foundation
import Kernels
import Networks
import Vision

/// What a checkpoint says of the encoder beside its weights.
public struct EncoderDescription: Sendable, Codable, Equatable, Validated {
  /// The encoder.
  public var encoder: ImageEncoderConfiguration
  /// The projection head it was trained with.
  public var head: ProjectionHeadConfiguration
  /// How its views were made in pre-training, which is also the attack's default.
  public var augmentation: Augmentation
  /// The algorithm: moco, simclr or clip.
  public var algorithm: String
  /// Epochs of pre-training so far.
  public var epoch: Int
  /// Images it was pre-trained on.
  public var members: Int
  /// The divisor of the projections' cosines in its loss, above 0; of CLIP the one that was learned.
  public var temperature: Float
  /// The text encoder and what joins it to the image encoder, of CLIP.
  public var clip: CLIPConfiguration?
  /// The digest of the tokenizer that the text encoder was trained with, of CLIP; nil where it is unknown.
  public var tokenizer: String?

  /// An encoder by what is known of it.
  public init(
    encoder: ImageEncoderConfiguration, head: ProjectionHeadConfiguration, augmentation: Augmentation,
    algorithm: String, epoch: Int, members: Int, temperature: Float,
    clip: CLIPConfiguration? = nil, tokenizer: String? = nil
  ) {
    (self.encoder, self.head, self.augmentation) = (encoder, head, augmentation)
    (self.algorithm, self.epoch, self.members) = (algorithm, epoch, members)
    (self.temperature, self.clip, self.tokenizer) = (temperature, clip, tokenizer)
  }

  /// - Throws: `InvalidSetting` for the first field that is out of range.
  public func validate() throws(InvalidSetting) {
    try encoder.validate(under: "encoder")
    try head.validate(under: "head")
    do { try augmentation.validate() } catch { throw InvalidSetting("augmentation", "\(error)") }
    try require(epoch >= 0, "epoch", epoch, "at least 0")
    try require(members >= 1, "members", members, "at least 1")
    try require(temperature > 0 && temperature.isFinite, "temperature", temperature, "above 0")
    try clip?.validate(under: "clip")
  }
}

extension ImageEncoderConfiguration {
  /// Checks this encoder as part of a value that holds it under `key`.
  /// - Throws: `InvalidSetting` with the key and what is wrong.
  public func validate(under key: String) throws(InvalidSetting) {
    do {
      try validate()
    } catch ImageEncoderError.invalid(let what) {
      throw InvalidSetting(key, what)
    } catch {
      throw InvalidSetting(key, "\(error)")
    }
  }
}

/// Which of the network's outputs is meant.
public enum EmbeddingLayer: String, Sendable, Codable, CaseIterable {
  /// The encoder's output, before the projection head: what is used downstream, and what the paper attacks.
  case embedding
  /// The projection head's output, where the contrastive loss was taken.
  case projection
}

/// An encoder that answers queries: views in, embeddings out.
public final class PretrainedEncoder {
  /// What is known of it.
  public let description: EncoderDescription
  private let network: ContrastiveNetwork
  private let store: ParameterStore

  /// - Throws: ``ParameterError`` if the source's tensors are not those of the described network.
  public init(_ description: EncoderDescription, _ source: ParameterSource) throws {
    self.description = description
    (network, store) = try ParameterStore.build(source) { builder in
      guard let clip = description.clip else {
        return try ContrastiveNetwork(builder, encoder: description.encoder, head: description.head)
      }
      return try CLIPNetwork(builder, encoder: description.encoder, head: description.head, clip: clip).image
    }
  }

  /// Reads a checkpoint folder.
  /// - Throws: an error that names the file and what does not fit.
  public convenience init(contentsOf folder: URL) throws {
    let checkpoint = try Checkpoint<EncoderDescription>(contentsOf: folder)
    try self.init(checkpoint.description, checkpoint.source)
  }

  init(_ description: EncoderDescription, network: ContrastiveNetwork, store: ParameterStore) {
    (self.description, self.network, self.store) = (description, network, store)
  }

  /// An encoder of the same shape with fresh weights: it has learned nothing of anybody's data.
  /// - Throws: nothing that a description which was used before could cause.
  public func untrained(seed: UInt64) throws -> PretrainedEncoder {
    var fresh = description
    fresh.epoch = 0
    return try PretrainedEncoder(fresh, .fresh(RandomStream(seed: seed, name: "untrained")))
  }

  /// A hash in hexadecimal over all weights and running statistics by name, and the digest of the tokenizer where one is
  /// named: that of another encoder differs, that of a copy does not, however it was saved.
  public var fingerprint: String {
    var hashes = store.tensors.sorted { $0.key < $1.key }.flatMap { name, tensor in
      [Array(name.utf8).withUnsafeBytes(contentHash), tensor.values.withUnsafeBytes(contentHash)]
    }
    if let tokenizer = description.tokenizer {
      hashes.append(Array(tokenizer.utf8).withUnsafeBytes(contentHash))
    }
    let digits = String(hashes.withUnsafeBytes(contentHash), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Embeddings `[batch, width]` of views `[batch, 3, height, width]`, in inference phase.
  public func embeddings(of views: Tensor, layer: EmbeddingLayer) -> Tensor {
    let pass = Pass.inference(store)
    let embedding = network.encoder(pass.tape.constant(views), pass)
    return layer == .embedding ? embedding.value : network.head(embedding, pass).value
  }

  /// Embeddings and projections `[batch, width]` of views `[batch, 3, height, width]`, in inference phase, in one pass.
  public func embeddings(of views: Tensor) -> (embedding: Tensor, projection: Tensor) {
    let pass = Pass.inference(store)
    let embedding = network.encoder(pass.tape.constant(views), pass)
    return (embedding.value, network.head(embedding, pass).value)
  }

  /// Gradients of a loss of the embeddings by the views, `[batch, 3, height, width]`, in inference phase; none are taken
  /// by the weights.
  /// - Parameters:
  ///   - views: normalised, `[batch, 3, height, width]`.
  ///   - loss: a single number made of the embeddings, `[batch, width]`, on their tape.
  public func viewGradients(of views: Tensor, loss: (Tape, Variable) -> Variable) -> Tensor {
    let tape = Tape()
    let (input, pass) = (tape.input(views), Pass.inputGradients(store, tape: tape))
    tape.backward(from: loss(tape, network.encoder(input, pass)))
    return input.gradient ?? Tensor(zeros: views.shape)
  }

  /// Embeddings of whole images without randomness, by row, in parts that bound the memory.
  /// - Throws: `ImageError` where an image cannot be decoded any more.
  public func embeddings(of images: Images, layer: EmbeddingLayer = .embedding) throws -> [Tensor] {
    var augmentation = Augmentation.centre
    augmentation.outputSize = description.encoder.imageSize
    (augmentation.mean, augmentation.deviation) = (
      description.augmentation.mean, description.augmentation.deviation
    )
    let part = 256
    return try stride(from: 0, to: images.count, by: part).map { start in
      let pixels = try images.pixels(of: Array(start..<min(images.count, start + part)))
      let views = augmentation.views(1, of: pixels, size: images.extent) { _ in
        RandomStream(seed: 0, name: "centre")
      }
      return embeddings(of: views, layer: layer)
    }
  }
}

extension Images {
  /// The size of every image.
  public var extent: ImageExtent { ImageExtent(height: height, width: width) }
}
