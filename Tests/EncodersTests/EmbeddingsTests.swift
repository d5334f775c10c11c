import Contrastive
import Kernels
import Testing

@testable import Encoders

@Suite struct EmbeddingsTests {
  private struct Stop: Error {}

  /// Answers about captions by wide embeddings of their lengths.
  private final class WideEncoder: AuditedEncoder {
    let identity = EncoderIdentity(name: "wide", fingerprint: "wide")
    let facts = EncoderFacts()
    let modalities: Set<Modality> = [.text]
    let layers: Set<EmbeddingLayer> = [.embedding, .projection]
    let imageSize = 8
    let width: Int
    private(set) var asked = 0

    init(width: Int) { self.width = width }

    func answers(to pictures: Pictures) throws -> EncoderAnswers {
      throw AnswerError.modality(encoder: identity.name, .image)
    }

    func answers(to captions: [String]) throws -> EncoderAnswers {
      asked += captions.count
      let values = captions.flatMap { [Float](repeating: Float($0.utf8.count), count: width) }
      return EncoderAnswers([
        .embedding: Tensor(values, shape: [captions.count, width]),
        .projection: Tensor([Float](repeating: 1, count: captions.count), shape: [captions.count, 1]),
      ])
    }

    func untrained(seed: UInt64) throws -> (any AuditedEncoder)? { nil }
  }

  @Test("What takes much memory is told after the first part, and others are not")
  func cost() throws {
    let captions = (0..<2_000).map { "caption \($0)" }
    let wide = WideEncoder(width: 1 << 16)
    var told: [Embeddings.Event] = []
    #expect(throws: Stop.self) {
      _ = try Embeddings(of: captions, by: wide, space: .embedding) { event in
        told.append(event)
        throw Stop()
      }
    }
    // Three times the one space that is kept.
    #expect(told == [.costly(memory: 3 * 2_000 * 4 << 16)] && wide.asked == 64)
    told = []
    let few = try Embeddings(of: captions, by: WideEncoder(width: 2), space: .embedding) { told.append($0) }
    #expect(told.count == 32 && told.last == .embedded(2_000))
    #expect(few.tensor.shape == [2_000, 2] && few.tensor.values.last == 12)
    #expect(few.manifest.rows.count == 2_000 && few.manifest.width == 2)
  }

  @Test("A space that an encoder does not answer in is an error")
  func space() {
    #expect(throws: RecordedError.self) {
      try Embeddings(of: [], by: WideEncoder(width: 2), space: .embedding)
    }
  }
}
