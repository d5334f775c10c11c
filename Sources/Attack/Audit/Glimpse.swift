import Contrastive
import Data
import Encoders
import Kernels

/// What an encoder is asked about one input and how alike its answers are, in the order asked: what features are made of, to
/// be looked at.
public struct Glimpse: Sendable {
  /// The views of the image, as the encoder is shown them.
  public let views: Pictures
  /// How alike the embeddings of each view and each other are, a row for each view.
  public let imageImage: [[Float]]
  /// The variants of the caption; none without one.
  public let variants: [String]
  /// How alike each view and each variant are, a row for each view; empty without a caption.
  public let imageText: [[Float]]
}

extension Audit {
  /// Asks an encoder about one image, and its caption if there is one, as an attack does: the same views and variants.
  /// - Parameters:
  ///   - image: its place in `images`.
  ///   - caption: what stands beside it; nil for none.
  /// - Throws: ``AttackError/noLayer(encoder:layer:)``, or an error of reading images or of the encoder.
  public func glimpse(
    of image: Int, in images: Images, caption: String?, by encoder: any AuditedEncoder
  ) throws -> Glimpse {
    let name = encoder.identity.name
    func embeddings(_ answers: EncoderAnswers, _ rows: Int, _ layer: EmbeddingLayer) throws -> Tensor {
      try answers.validate(inputs: rows, from: name)
      guard let tensor = answers[layer] else { throw AttackError.noLayer(encoder: name, layer: layer) }
      return tensor
    }
    /// Rows of the similarities of all of one set with all of another.
    func matrix(_ first: Tensor, _ second: Tensor) -> [[Float]] {
      let (rows, columns) = (first.shape[0], second.shape[0])
      let found = crossSimilarities(
        first, rows: rows, second, rows: columns, similarity: configuration.similarity)
      let values = found.scores.values
      return (0..<rows).map { Array(values[($0 * columns)..<(($0 + 1) * columns)]) }
    }
    let pictures = try asking.pictures(.varied(configuration.views), of: [image], in: images, for: encoder)
    let answers = try encoder.answers(to: pictures)
    let own = try embeddings(answers, pictures.count, configuration.layer)
    var (variants, imageText): ([String], [[Float]]) = ([], [])
    if let caption {
      variants = try asking.texts(.varied(configuration.variants), of: [caption])
      let texts = try embeddings(try encoder.answers(to: variants), variants.count, .projection)
      let joint = try embeddings(answers, pictures.count, .projection)
      guard texts.shape[1] == joint.shape[1] else {
        throw AttackError.jointWidths(image: joint.shape[1], caption: texts.shape[1])
      }
      imageText = matrix(joint, texts)
    }
    return Glimpse(views: pictures, imageImage: matrix(own, own), variants: variants, imageText: imageText)
  }
}
