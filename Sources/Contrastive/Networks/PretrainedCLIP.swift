import Files
import Foundation
import Kernels
import Networks
import Text
import Vision

/// A CLIP-style pair of encoders that answers queries: views or captions in, embeddings out.
public final class PretrainedCLIP {
  /// What is known of it.
  public let description: EncoderDescription
  /// What captions are tokenised with.
  public let tokenizer: any Tokenizer
  /// The image encoder by itself; its projection head leads to the joint space.
  public let image: PretrainedEncoder
  private let network: CLIPNetwork
  private let store: ParameterStore

  /// - Throws: ``PretrainingError/noCaptions`` if the description has no text encoder, ``PretrainingError/vocabulary(_:)``
  ///   if the tokenizer does not fit it or is another one than it names, ``ParameterError`` if the source's tensors are not
  ///   those of the described networks.
  public convenience init(
    _ description: EncoderDescription, _ source: ParameterSource, tokenizer: any Tokenizer
  ) throws {
    guard let clip = description.clip else { throw PretrainingError.noCaptions }
    try clip.text.require(tokenizer)
    if let named = description.tokenizer, named != tokenizer.digest {
      throw PretrainingError.vocabulary(
        "the tokenizer is not the one that the encoder was trained with, though it has as many ids (its digest is "
          + "\(tokenizer.digest.prefix(12))…, the checkpoint names \(excerpt(named, most: 12)))")
    }
    let (network, store) = try ParameterStore.build(source) {
      try CLIPNetwork($0, encoder: description.encoder, head: description.head, clip: clip)
    }
    self.init(description, network: network, store: store, tokenizer: tokenizer)
  }

  /// Reads a checkpoint folder.
  /// - Throws: an error that names the file and what does not fit.
  public convenience init(contentsOf folder: URL, tokenizer: any Tokenizer) throws {
    let checkpoint = try Checkpoint<EncoderDescription>(contentsOf: folder)
    try self.init(checkpoint.description, checkpoint.source, tokenizer: tokenizer)
  }

  /// Reads a checkpoint folder and a tokenizer's file or folder.
  /// - Throws: an error that names the file and what does not fit.
  public convenience init(contentsOf folder: URL, tokenizerFile: URL) throws {
    let tokenizer = try TokenizerFile.open(tokenizerFile)
    do {
      try self.init(contentsOf: folder, tokenizer: tokenizer)
    } catch PretrainingError.vocabulary(let what) {
      throw PretrainingError.vocabulary("\(tokenizerFile.path): \(what)")
    }
  }

  init(
    _ description: EncoderDescription, network: CLIPNetwork, store: ParameterStore, tokenizer: any Tokenizer
  ) {
    (self.description, self.network, self.store, self.tokenizer) = (description, network, store, tokenizer)
    image = PretrainedEncoder(description, network: network.image, store: store)
  }

  /// Encoders of the same shape with fresh weights: they have learned nothing of anybody's data.
  /// - Throws: nothing that a description which was used before could cause.
  public func untrained(seed: UInt64) throws -> PretrainedCLIP {
    var fresh = description
    fresh.epoch = 0
    return try PretrainedCLIP(
      fresh, .fresh(RandomStream(seed: seed, name: "untrained")), tokenizer: tokenizer)
  }

  /// How views of images were made in pre-training.
  public var augmentation: Augmentation { description.augmentation }

  /// Embeddings `[batch, width]` of views `[batch, 3, height, width]`, in inference phase.
  public func embeddings(of views: Tensor, layer: EmbeddingLayer) -> Tensor {
    image.embeddings(of: views, layer: layer)
  }

  /// Embeddings `[captions, width]` of captions, in inference phase, in parts that bound the memory.
  public func embeddings(of captions: [String], layer: EmbeddingLayer) -> Tensor {
    let found = embeddings(of: captions)
    return layer == .embedding ? found.embedding : found.projection
  }

  /// Embeddings and projections `[captions, width]` of captions, in inference phase, in one pass.
  public func embeddings(of captions: [String]) -> (embedding: Tensor, projection: Tensor) {
    let part = 512
    let tokens = tokenizer.batch(captions, length: nil)
    var (embeddings, projections): ([Tensor], [Tensor]) = ([], [])
    for start in stride(from: 0, to: captions.count, by: part) {
      let rows = tokens.rows(start..<min(captions.count, start + part))
      let pass = Pass.inference(store)
      let embedding = network.text(rows, pass)
      embeddings.append(embedding.value)
      projections.append(network.textHead(embedding, pass).value)
    }
    return (Tensor.stacked(embeddings), Tensor.stacked(projections))
  }
}
