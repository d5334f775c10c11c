import Contrastive
import Encoders
import Kernels
import Networks
import Vision

@testable import Attack

/// An encoder that knows each input by its number and remembers members in one way only.
///
/// A picture's number is in its mean colour, a caption's is its first number. Embeddings are random vectors of the
/// number with noise of the view; what belongs together is a little alike, whether member or not. The embedding is the
/// beginning of the projection.
final class FakeEncoder: AuditedEncoder {
  /// What gives members away.
  enum Leak: String, CaseIterable {
    case nothing, image, caption, pairing, wording, norm, difficulty
    /// As difficulty, which here the picture shows: the redder it is the less its views agree.
    case redness
    /// Members' pictures and captions belong together, and both lean to one side.
    case leaning
  }

  static let width = 64
  static let embeddingWidth = 48

  let identity: EncoderIdentity
  var facts: EncoderFacts
  let modalities: Set<Modality>
  let layers: Set<EmbeddingLayer> = [.embedding, .projection]
  let imageSize = 8

  /// How often it was asked about each caption.
  private(set) var captions: [String: Int] = [:]
  /// How many pictures it was asked about, by their number.
  private(set) var pictureRows: [Int: Int] = [:]
  /// How many captions it was asked about, by their number.
  private(set) var captionRows: [Int: Int] = [:]
  /// The inputs of its largest batch.
  private(set) var largestBatch = 0
  /// Encoders of its shape that have learned nothing, as they were asked for.
  private(set) var twins: [FakeEncoder] = []

  /// Changes what it answers, or keeps it from answering.
  var tampering: ((Modality, EncoderAnswers) throws -> EncoderAnswers)?

  private let leak: Leak
  private let members: Set<Int>
  private let seed: UInt64
  private let hasTwin: Bool

  init(
    _ leak: Leak, members: [Int], seed: UInt64, modalities: Set<Modality> = [.image, .text],
    trainedCaptions: Int? = 1, hasTwin: Bool = true
  ) {
    (self.leak, self.members, self.seed) = (leak, Set(members), seed)
    (self.modalities, self.hasTwin) = (modalities, hasTwin)
    identity = EncoderIdentity(name: "fake \(seed)", fingerprint: "\(leak) \(seed)")
    var augmentation = Augmentation.centre
    augmentation.crop = .random(scale: 0.3...1, aspect: 0.75...1.33)
    facts = EncoderFacts(augmentation: augmentation, captionsPerImage: trainedCaptions)
  }

  /// All pictures and captions that it was asked about, with repetitions.
  var count: QuestionCount {
    var count = QuestionCount()
    (count.pictures, count.captions) = (pictureRows.values.reduce(0, +), captions.values.reduce(0, +))
    return count
  }

  private func vector(_ name: String, _ index: Int) -> [Float] {
    var stream = RandomStream(seed: seed, name: name).substream(index)
    return (0..<FakeEncoder.width).map { _ in stream.normal() }
  }

  /// How much of a view is noise. Pictures may differ in it for all encoders alike, far more than members from others.
  private func share(_ number: Int, isMember: Bool) -> Float {
    if leak == .redness { return 0.3 + 0.13 * Float(number % 8) - (isMember ? 0.2 : 0) }
    guard leak == .difficulty else { return 0.5 }
    var hardness = RandomStream(seed: 77, name: "hardness").substream(number)
    return 0.3 + 0.7 * hardness.uniform() - (isMember ? 0.15 : 0)
  }

  private func sum(_ terms: (Float, [Float])...) -> [Float] {
    (0..<FakeEncoder.width).map { index in terms.reduce(0) { $0 + $1.0 * $1.1[index] } }
  }

  /// Of embeddings that are longer for members the projection is as long as any.
  private func answers(_ rows: [(scale: Float, row: [Float])], _ modality: Modality) throws -> EncoderAnswers
  {
    let (width, most) = (FakeEncoder.embeddingWidth, FakeEncoder.width)
    let found = EncoderAnswers([
      .embedding: Tensor(
        rows.flatMap { scale, row in row.prefix(width).map { scale * $0 } }, shape: [rows.count, width]),
      .projection: Tensor(rows.flatMap(\.row), shape: [rows.count, most]),
    ])
    largestBatch = max(largestBatch, rows.count)
    return try tampering?(modality, found) ?? found
  }

  func answers(to pictures: Pictures) throws -> EncoderAnswers {
    guard modalities.contains(.image) else {
      throw AnswerError.modality(encoder: identity.name, .image)
    }
    let area = pictures.size * pictures.size
    let rows = (0..<pictures.count).map { picture -> (scale: Float, row: [Float]) in
      let pixels = Array(pictures.bytes[(picture * 3 * area)..<((picture + 1) * 3 * area)])
      let digits = (0..<3).map { channel -> Int in
        let sum = pixels[(channel * area)..<((channel + 1) * area)].reduce(0) { $0 + Int($1) }
        return Int(((Float(sum) / Float(area) - 20) / 24).rounded())
      }
      let number = digits[0] + 8 * digits[1] + 64 * digits[2]
      pictureRows[number, default: 0] += 1
      let isMember = members.contains(number)
      let own = pixels.reduce(0) { ($0 &* 31) &+ Int($1) }
      let noise = leak == .image && isMember ? vector("remembered image", number) : vector("view", own)
      let lean: Float = leak == .leaning && isMember ? 0.5 : 0
      return (
        leak == .norm && isMember ? 1.5 : 1,
        sum(
          (1, vector("image", number)), (share(number, isMember: isMember), noise), (lean, vector("side", 0)))
      )
    }
    return try answers(rows, .image)
  }

  func answers(to captions: [String]) throws -> EncoderAnswers {
    guard modalities.contains(.text) else { throw AnswerError.modality(encoder: identity.name, .text) }
    let rows = captions.map { caption -> (scale: Float, row: [Float]) in
      let number = caption.split(separator: " ").lazy.compactMap { Int($0) }.first ?? 0
      self.captions[caption, default: 0] += 1
      captionRows[number, default: 0] += 1
      let isMember = members.contains(number)
      let own = caption.utf8.reduce(0) { ($0 &* 31) &+ Int($1) }
      let noise = leak == .caption && isMember ? vector("remembered caption", number) : vector("words", own)
      let lean: Float = leak == .leaning && isMember ? 0.5 : 0
      let isTied =
        isMember
        && (leak == .pairing || leak == .leaning
          || (leak == .wording && caption.hasPrefix("item \(number) alpha")))
      return (
        1,
        sum(
          (isTied ? 1 : 0.4, vector("image", number)), (isTied ? 0.4 : 1, vector("caption", number)),
          (0.4, noise), (lean, vector("side", 0)))
      )
    }
    return try answers(rows, .text)
  }

  func untrained(seed: UInt64) throws -> (any AuditedEncoder)? {
    guard hasTwin else { return nil }
    twins.append(FakeEncoder(.nothing, members: [], seed: seed &+ 1000, modalities: modalities))
    return twins.last
  }
}
