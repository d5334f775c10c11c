import Contrastive
import Files
import Kernels
import Networks

/// What whoever answers for an encoder does to its embeddings, so that they tell less. Both measures are relative to the
/// embedding's length.
public struct AnswerDefence: Codable, Sendable, Equatable, Validated {
  /// Components are rounded to multiples of this share of the length; 0 for no rounding.
  public var rounding: Float
  /// The root mean square of the length of the Gaussian noise that is added, as a share of the length; 0 for none.
  public var noise: Float

  /// A defence by its amounts.
  public init(rounding: Float, noise: Float) { (self.rounding, self.noise) = (rounding, noise) }

  /// - Throws: `InvalidSetting` for an amount below 0 or without bound.
  public func validate() throws(InvalidSetting) {
    try require(rounding >= 0 && rounding.isFinite, "rounding", rounding, "0 or more")
    try require(noise >= 0 && noise.isFinite, "noise", noise, "0 or more")
  }
}

/// An encoder whose answers are rounded, or noisy, before anybody sees them. The same question has the same answer, so that
/// asking again does not take the noise away.
public final class DefendedEncoder: AuditedEncoder {
  private let encoder: any AuditedEncoder
  private let defence: AnswerDefence
  private let noise = RandomStream(seed: 0, name: "answers' noise")

  /// An encoder behind a defence.
  public init(_ encoder: any AuditedEncoder, _ defence: AnswerDefence) {
    (self.encoder, self.defence) = (encoder, defence)
  }

  /// The encoder's, with the amounts of the defence.
  public var identity: EncoderIdentity {
    let own = encoder.identity
    let defence = "rounded to \(defence.rounding), noise \(defence.noise)"
    return EncoderIdentity(name: "\(own.name), \(defence)", fingerprint: "\(own.fingerprint), \(defence)")
  }

  /// The encoder's.
  public var facts: EncoderFacts { encoder.facts }
  /// The encoder's.
  public var modalities: Set<Modality> { encoder.modalities }
  /// The encoder's.
  public var layers: Set<EmbeddingLayer> { encoder.layers }
  /// The encoder's.
  public var imageSize: Int { encoder.imageSize }

  /// The encoder's answers to pictures behind the defence.
  public func answers(to pictures: Pictures) throws -> EncoderAnswers {
    let area = 3 * pictures.size * pictures.size
    let hashes = pictures.bytes.withUnsafeBytes { bytes in
      (0..<pictures.count).map {
        contentHash(UnsafeRawBufferPointer(rebasing: bytes[$0 * area..<($0 + 1) * area]))
      }
    }
    return defended(try encoder.answers(to: pictures), hashes)
  }

  /// The encoder's answers to captions behind the defence.
  public func answers(to captions: [String]) throws -> EncoderAnswers {
    let hashes = captions.map { caption in Array(caption.utf8).withUnsafeBytes { contentHash($0) } }
    return defended(try encoder.answers(to: captions), hashes)
  }

  /// The encoder's twin with fresh weights, behind the same defence.
  public func untrained(seed: UInt64) throws -> (any AuditedEncoder)? {
    try encoder.untrained(seed: seed).map { DefendedEncoder($0, defence) }
  }

  /// - Parameter hashes: one a row, of what was asked.
  private func defended(_ answers: EncoderAnswers, _ hashes: [UInt64]) -> EncoderAnswers {
    var tensors: [EmbeddingLayer: Tensor] = [:]
    for layer in EmbeddingLayer.allCases {
      guard let tensor = answers[layer] else { continue }
      let (width, stream) = (tensor.shape[1], noise.substream(layer.rawValue))
      var values = tensor.values
      for (row, hash) in hashes.enumerated() {
        let range = row * width..<(row + 1) * width
        let length = values[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else { continue }
        if defence.noise > 0 {
          var random = stream.substream(Int(truncatingIfNeeded: hash))
          let deviation = defence.noise * length / Float(width).squareRoot()
          for index in range { values[index] += deviation * random.normal() }
        }
        if defence.rounding > 0 {
          let step = defence.rounding * length
          let largest = range.max { abs(values[$0]) < abs(values[$1]) } ?? row * width
          let sign: Float = values[largest] < 0 ? -1 : 1
          for index in range { values[index] = (values[index] / step).rounded() * step }
          // An embedding without length has no direction to compare.
          if range.allSatisfy({ values[$0] == 0 }) { values[largest] = sign * step }
        }
      }
      tensors[layer] = Tensor(values, shape: tensor.shape)
    }
    return EncoderAnswers(tensors)
  }
}
