import Contrastive
import Kernels
import Testing
import Vision

@testable import Encoders

/// Answers that are rounded, or noisy.
@Suite struct DefendedEncoderTests {
  /// Answers with the means of a picture's planes.
  private final class MeanEncoder: AuditedEncoder {
    let identity = EncoderIdentity(name: "means", fingerprint: "m")
    let facts = EncoderFacts()
    let modalities: Set<Modality> = [.image]
    let layers: Set<EmbeddingLayer> = [.embedding]
    let imageSize = 1
    func answers(to pictures: Pictures) throws -> EncoderAnswers {
      EncoderAnswers([.embedding: Tensor(pictures.bytes.map { Float($0) }, shape: [pictures.count, 3])])
    }
    func answers(to captions: [String]) throws -> EncoderAnswers {
      throw AnswerError.modality(encoder: "means", .text)
    }
    func untrained(seed: UInt64) throws -> (any AuditedEncoder)? { nil }
  }

  private func answers(_ bytes: [UInt8], _ defence: AnswerDefence) throws -> [Float] {
    try DefendedEncoder(MeanEncoder(), defence).answers(to: Pictures(bytes, size: 1))[.embedding]?.values
      ?? []
  }

  @Test(
    "Components are rounded to multiples of a share of the length; what rounds to nothing keeps its largest")
  func rounding() throws {
    // Lengths 5 and 3.
    #expect(
      try answers([3, 4, 0, 1, 2, 2], AnswerDefence(rounding: 0.5, noise: 0)) == [2.5, 5, 0, 1.5, 1.5, 1.5])
    #expect(try answers([3, 4, 0], AnswerDefence(rounding: 2, noise: 0)) == [0, 10, 0])
    #expect(try answers([0, 0, 0], AnswerDefence(rounding: 2, noise: 1)) == [0, 0, 0])
  }

  @Test("Noise is the same whenever and beside whatever is asked, and of the length that was said")
  func noise() throws {
    let defence = AnswerDefence(rounding: 0, noise: 0.5)
    let (alone, together) = (try answers([3, 4, 0], defence), try answers([9, 9, 9, 3, 4, 0], defence))
    #expect(Array(together[3...]) == alone && alone != [3, 4, 0])
    var squares: Float = 0
    for red in 0..<250 {
      let values = try answers([UInt8(red), 200, 100], defence)
      let length = Float(red * red + 200 * 200 + 100 * 100)
      squares +=
        zip(values, [Float(red), 200, 100]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / length
    }
    #expect(abs(squares / 250 - 0.25) < 0.04, "\(squares / 250)")
  }

  @Test("Its identity is not that of the encoder behind it")
  func identity() {
    let (none, some) = (AnswerDefence(rounding: 0, noise: 0.1), AnswerDefence(rounding: 0, noise: 0.2))
    let names = [none, some].map { DefendedEncoder(MeanEncoder(), $0).identity.fingerprint }
    #expect(Set(names + ["m"]).count == 3)
  }
}
