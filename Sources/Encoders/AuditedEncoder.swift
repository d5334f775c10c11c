import Autodiff
import Contrastive
import Files
import Kernels
import Vision

/// What an encoder can be asked about.
public enum Modality: String, Codable, Sendable, CaseIterable {
  case image, text
}

/// An encoder that an audit can ask: one of our own runs, somebody else's weights, or whatever else embeds.
///
/// It answers questions and nothing else. A batch is answered in all of its embedding spaces at once, so that nothing is
/// embedded twice. The answer to an input does not depend on its company in the batch, but for rounding.
public protocol AuditedEncoder: AnyObject {
  /// Who it is.
  var identity: EncoderIdentity { get }

  /// What is known of its pre-training; all of it may be unknown.
  var facts: EncoderFacts { get }

  /// What it can be asked about.
  var modalities: Set<Modality> { get }

  /// Its embedding spaces. With both modalities, ``EmbeddingLayer/projection`` is the joint space.
  var layers: Set<EmbeddingLayer> { get }

  /// Height and width of the pictures that it takes, in pixels.
  var imageSize: Int { get }

  /// Embeddings of pictures, a row each.
  /// - Parameter pictures: of ``imageSize``; normalising them is the encoder's own business.
  /// - Throws: whatever keeps it from answering.
  func answers(to pictures: Pictures) throws -> EncoderAnswers

  /// Embeddings of captions, a row each.
  /// - Throws: whatever keeps it from answering.
  func answers(to captions: [String]) throws -> EncoderAnswers

  /// An encoder of the same shape with fresh weights, which has learned nothing of anybody's data; nil where there is
  /// none, and a ``StandInEncoder`` takes its place.
  func untrained(seed: UInt64) throws -> (any AuditedEncoder)?
}

/// An encoder whose embeddings can be followed back to the pixels: what an auditor needs of the own encoder to craft
/// pictures. Of the encoder under audit nothing of the kind is asked unless its weights are at hand and an attack is to use
/// them.
public protocol DifferentiableEncoder: AuditedEncoder {
  /// Gradients of a loss of the embeddings (``EmbeddingLayer/embedding``) by the pixels, `[pictures, 3, size, size]`, in
  /// inference phase.
  /// - Parameters:
  ///   - pixels: colours in [0, 1], `[pictures, 3, size, size]`, of ``AuditedEncoder/imageSize``.
  ///   - loss: a single number made of the embeddings, `[pictures, width]`, on their tape.
  /// - Throws: whatever keeps it from answering.
  func inputGradients(of pixels: Tensor, loss: (Tape, Variable) -> Variable) throws -> Tensor
}

/// 8-bit pictures that an encoder is asked about: red, green and blue planes, as a file or a service would get them.
///
/// What is random in them was rounded once, so that recorded and remote answers are answers to the same pictures.
public struct Pictures: Sendable, Equatable {
  /// The pictures one after the other, each `[3, size, size]`.
  public let bytes: [UInt8]
  /// Height and width in pixels.
  public let size: Int

  /// Pictures by their bytes.
  public init(_ bytes: [UInt8], size: Int) {
    precondition(
      size > 0 && bytes.count % (3 * size * size) == 0,
      "Pictures: \(bytes.count) bytes are not whole pictures of \(size) pixels in three channels")
    (self.bytes, self.size) = (bytes, size)
  }

  /// The number of pictures.
  public var count: Int { bytes.count / (3 * size * size) }

  /// Some of the pictures.
  public func part(_ range: Range<Int>) -> Pictures {
    let area = 3 * size * size
    return Pictures(Array(bytes[(range.lowerBound * area)..<(range.upperBound * area)]), size: size)
  }

  /// Each picture `times` times, all of a picture together.
  public func repeated(_ times: Int) -> Pictures {
    Pictures(
      (0..<count).flatMap { picture in
        let bytes = part(picture..<(picture + 1)).bytes
        return (0..<times).flatMap { _ in bytes }
      }, size: size)
  }

  /// The pictures as a network takes them, `[count, 3, size, size]`.
  public func normalised(_ normalisation: ColourNormalisation) -> Tensor {
    normalisation.normalised(bytes, size: ImageExtent(height: size, width: size))
  }
}

/// Who an encoder is: enough to notice that another one answers.
public struct EncoderIdentity: Codable, Sendable, Equatable {
  /// Its architecture in words, such as "resnet18-64 at 32 px".
  public var name: String
  /// A hash over its weights, in hexadecimal, or what else tells it from others.
  public var fingerprint: String

  /// An encoder by its name and fingerprint.
  public init(name: String, fingerprint: String) { (self.name, self.fingerprint) = (name, fingerprint) }
}

/// What is known of an encoder's pre-training. What is unknown is left out.
public struct EncoderFacts: Codable, Sendable, Equatable {
  /// The algorithm, such as "moco".
  public var algorithm: String?
  /// T, the epochs of pre-training.
  public var epochs: Int?
  /// N, the size of the pre-training set.
  public var members: Int?
  /// How views were made; what is asked is made alike. ``Augmentation/moco`` stands in where it is unknown.
  public var augmentation: Augmentation?
  /// Of an image with several captions, how many took part, from the first.
  public var captionsPerImage: Int?
  /// The divisor of the projections' cosines in its loss.
  public var temperature: Float?

  /// What is known.
  public init(
    algorithm: String? = nil, epochs: Int? = nil, members: Int? = nil, augmentation: Augmentation? = nil,
    captionsPerImage: Int? = nil, temperature: Float? = nil
  ) {
    (self.algorithm, self.epochs, self.members) = (algorithm, epochs, members)
    (self.augmentation, self.captionsPerImage) = (augmentation, captionsPerImage)
    self.temperature = temperature
  }
}

/// What an encoder answered about a batch: for each embedding space a tensor, `[inputs, width]`.
public struct EncoderAnswers: Sendable {
  private let tensors: [EmbeddingLayer: Tensor]

  /// Answers in some spaces.
  public init(_ tensors: [EmbeddingLayer: Tensor]) { self.tensors = tensors }

  /// The embeddings in one space; nil where the encoder has none such.
  public subscript(layer: EmbeddingLayer) -> Tensor? { tensors[layer] }

  /// The spaces that were answered in.
  public var layers: Set<EmbeddingLayer> { Set(tensors.keys) }

  /// The number of components of an embedding in each space.
  public var widths: [EmbeddingLayer: Int] { tensors.compactMapValues(\.shape.last) }

  /// The answers of several batches, one after the other; of none, in no space.
  public init(stacking parts: [EncoderAnswers]) {
    let layers = parts.first?.layers ?? []
    tensors = Dictionary(
      uniqueKeysWithValues: layers.map { layer in (layer, Tensor.stacked(parts.compactMap { $0[layer] })) })
  }

  /// The answers about some inputs, in the order given, where each input has `each` rows.
  public func gathered(_ inputs: [Int], each: Int) -> EncoderAnswers {
    let rows = each == 1 ? inputs : inputs.flatMap { input in (0..<each).map { input * each + $0 } }
    return EncoderAnswers(tensors.mapValues { Rows.gathered($0, rows) })
  }

  /// Checks that each space holds one embedding for each input, of at least one component, and only finite numbers.
  /// - Parameters:
  ///   - expected: the spaces and widths of earlier answers, where there were any.
  ///   - name: of the encoder, for errors.
  /// - Throws: ``AnswerError``.
  public func validate(
    inputs: Int, widths expected: [EmbeddingLayer: Int]? = nil, from name: @autoclosure () -> String
  ) throws {
    for (layer, tensor) in tensors {
      let shape = tensor.shape
      guard shape.count == 2, shape[0] == inputs, shape[1] > 0 else {
        throw AnswerError.shape(encoder: name(), layer: layer, expectedRows: inputs, found: shape)
      }
      if let index = tensor.values.firstIndex(where: { !$0.isFinite }) {
        throw AnswerError.notFinite(encoder: name(), layer: layer, input: index / shape[1])
      }
    }
    if let expected, widths != expected {
      throw AnswerError.otherSpaces(encoder: name(), expected: expected, found: widths)
    }
  }
}

/// Why an encoder's answers cannot be used.
public enum AnswerError: ExplainedError, Equatable {
  /// There is not one embedding for each input.
  case shape(encoder: String, layer: EmbeddingLayer, expectedRows: Int, found: [Int])
  /// The encoder cannot be asked about what was asked.
  case modality(encoder: String, Modality)
  /// Not all batches were answered in the same spaces of the same widths.
  case otherSpaces(encoder: String, expected: [EmbeddingLayer: Int], found: [EmbeddingLayer: Int])
  /// An embedding holds NaN or infinity.
  case notFinite(encoder: String, layer: EmbeddingLayer, input: Int)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .shape(let encoder, let layer, let rows, let found):
      "\(encoder) gave \(layer.rawValue)s of shape \(found), expected [\(rows), width] with width at least 1; "
        + "every view needs one embedding"
    case .modality(let encoder, let modality):
      "\(encoder) has no \(modality.rawValue) encoder, so it cannot be asked about such inputs"
    case .otherSpaces(let encoder, let expected, let found):
      "\(encoder) answered with \(AnswerError.words(found)), before with \(AnswerError.words(expected)); "
        + "every batch needs the same"
    case .notFinite(let encoder, let layer, let input):
      "the \(layer.rawValue) that \(encoder) gave for input \(input) of a batch is not finite; "
        + "its weights are damaged or it has diverged"
    }
  }

  private static func words(_ widths: [EmbeddingLayer: Int]) -> String {
    let spaces = EmbeddingLayer.allCases.compactMap { layer in
      widths[layer].map { "\(layer.rawValue)s of width \($0)" }
    }
    return spaces.isEmpty ? "nothing" : spaces.joined(separator: " and ")
  }
}
