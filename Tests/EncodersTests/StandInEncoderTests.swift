import Contrastive
import Kernels
import Testing
import Vision

@testable import Encoders

@Suite("Stand-in encoder") struct StandInEncoderTests {
  private final class Stranger: AuditedEncoder {
    let identity = EncoderIdentity(name: "stranger", fingerprint: "s")
    let facts = EncoderFacts()
    let modalities: Set<Modality>
    let layers: Set<EmbeddingLayer> = [.embedding]
    let imageSize: Int

    init(_ modalities: Set<Modality>, imageSize: Int) {
      (self.modalities, self.imageSize) = (modalities, imageSize)
    }

    func answers(to pictures: Pictures) throws -> EncoderAnswers { EncoderAnswers([:]) }
    func answers(to captions: [String]) throws -> EncoderAnswers { EncoderAnswers([:]) }
    func untrained(seed: UInt64) throws -> (any AuditedEncoder)? { nil }
  }

  @Test(
    "It takes pictures of the size of the encoder that it stands for, answers in both spaces, and says who it is"
  )
  func answers() throws {
    let encoder = try #require(try StandInEncoder(for: Stranger([.image, .text], imageSize: 16), seed: 1))
    #expect(encoder.imageSize == 16 && encoder.modalities == [.image])
    #expect(encoder.identity.name == "fresh resnet18-64 at 16 px in place of stranger")
    let pictures = Pictures((0..<(2 * 3 * 256)).map { UInt8($0 % 251) }, size: 16)
    let answers = try encoder.answers(to: pictures)
    #expect(answers.widths == [.embedding: 512, .projection: 128])
    try answers.validate(inputs: 2, from: "stand-in")
    #expect(throws: AnswerError.self) { try encoder.answers(to: ["a caption"]) }
    let other = try #require(try encoder.untrained(seed: 2))
    #expect(other.identity.fingerprint != encoder.identity.fingerprint)
  }

  @Test("There is none for captions alone, nor for a size that no ResNet-18 takes")
  func none() throws {
    #expect(try StandInEncoder(for: Stranger([.text], imageSize: 16), seed: 1) == nil)
    #expect(try StandInEncoder(for: Stranger([.image], imageSize: 1024), seed: 1) == nil)
  }
}
