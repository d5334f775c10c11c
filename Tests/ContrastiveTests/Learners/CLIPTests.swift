import Files
import Foundation
import Kernels
import Networks
import TestSupport
import Testing
import Text
import Vision

@testable import Contrastive

@Suite struct CLIPTests {
  private func learner(
    encoder: ImageEncoderConfiguration = Tiny.visionTransformer, pairsAtOnce: Int? = nil, pairs: Int = 7
  ) throws -> CLIP {
    var configuration = Tiny.clip(encoder: encoder)
    guard case .clip(var clip) = configuration.algorithm else { throw PretrainingError.noCaptions }
    clip.pairsAtOnce = pairsAtOnce
    configuration.algorithm = .clip(clip)
    let learner = try configuration.learner(captions: Tiny.captions(pairs))
    return try #require(learner as? CLIP)
  }

  private func batch(_ count: Int) -> StepBatch {
    StepBatch(views: [Tiny.views(count, "views")], members: Array(0..<count), epoch: 0)
  }

  private let random = RandomStream(seed: 0, name: "step")

  @Test("The loss of fresh encoders is near the logarithm of the batch size")
  func freshLoss() throws {
    let learner = try learner()
    learner.store.weight(learner.clip.logitScale).assign([0])
    let result = learner.gradients(batch(7), random: random)
    #expect(abs(result.loss - log(7)) < 0.1)
  }

  @Test("The logit scale begins at the inverse temperature")
  func logitScale() throws {
    #expect(abs(try learner().logitScale - 1 / 0.07) < 1e-3)
  }

  @Test("The logit scale does not leave its range, and keeps its gradient at the end of it")
  func boundedScale() throws {
    let learner = try learner()
    learner.store.weight(learner.clip.logitScale).assign([9])
    learner.didUpdate()
    #expect(learner.logitScale < 100 && learner.logitScale > 99.9)
    _ = learner.gradients(batch(7), random: random)
    #expect(learner.store.gradient(learner.clip.logitScale).scalar != 0)
  }

  @Test("Gradients by parts are those of the whole batch", arguments: [3, 4, 6])
  func cachedGradients(part: Int) throws {
    let (whole, parts) = (try learner(), try learner(pairsAtOnce: part))
    let (a, b) = (whole.gradients(batch(7), random: random), parts.gradients(batch(7), random: random))
    #expect(abs(a.loss - b.loss) < 1e-5)
    #expect(a.accuracy == b.accuracy)
    for parameter in whole.store.parameters {
      let (x, y) = (whole.store.gradient(parameter).values, parts.store.gradient(parameter).values)
      let scale = x.reduce(0) { max($0, abs($1)) }
      let worst = zip(x, y).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(worst <= 1e-4 * scale + 1e-7, "\(parameter.name): \(worst) of \(scale)")
    }
  }

  @Test("Gradients by parts reach the text encoder, the image encoder and the scale")
  func gradientsEverywhere() throws {
    let learner = try learner(pairsAtOnce: 3)
    _ = learner.gradients(batch(7), random: random)
    for prefix in ["encoder.", "head.", "text.", "textHead.", "logitScale"] {
      let found = learner.store.parameters.filter { $0.name.hasPrefix(prefix) }
      #expect(!found.isEmpty)
      #expect(found.contains { learner.store.gradient($0).values.contains { $0 != 0 } }, "\(prefix)")
    }
  }

  @Test("By parts the running statistics move as often as without")
  func runningStatistics() throws {
    let (whole, parts) = (
      try learner(encoder: Tiny.encoder), try learner(encoder: Tiny.encoder, pairsAtOnce: 4)
    )
    _ = whole.gradients(
      StepBatch(views: [Tiny.views(2, "views")], members: [0, 1], epoch: 0), random: random)
    _ = parts.gradients(
      StepBatch(views: [Tiny.views(2, "views")], members: [0, 1], epoch: 0), random: random)
    #expect(whole.store.runningStatistics.values == parts.store.runningStatistics.values)
  }

  @Test("Ranges of parts are nearly equal and cover the batch", arguments: [(7, 3), (6, 3), (5, 4), (3, 3)])
  func partition(count: Int, limit: Int) {
    let parts = BatchPart.ranges(of: count, atMost: limit)
    #expect(parts.flatMap(Array.init) == Array(0..<count))
    #expect(parts.allSatisfy { $0.count <= limit })
    #expect((parts.map(\.count).max() ?? 0) - (parts.map(\.count).min() ?? 0) <= 1)
  }

  @Test("A tokenizer of another size than the embedding table is refused")
  func otherVocabulary() throws {
    let captions = CaptionTokens([["a"], ["b"]], tokenizer: ByteTokenizer(vocabularySize: 300))
    #expect(throws: PretrainingError.self) { try Tiny.clip().learner(captions: captions) }
  }

  @Test("A tokenizer that gives more tokens than the text encoder has places is refused")
  func longerContext() throws {
    let captions = CaptionTokens([["a"], ["b"]], tokenizer: ByteTokenizer(contextLength: 17))
    #expect(throws: PretrainingError.self) { try Tiny.clip().learner(captions: captions) }
  }

  @Test("Without captions there is no CLIP")
  func noCaptions() throws {
    #expect(throws: PretrainingError.noCaptions) { try Tiny.clip().learner() }
  }

  @Test("Of several captions each epoch draws one, the same one for the same seed")
  func captionChoice() {
    let captions = CaptionTokens([["a", "b", "c"], ["d"]], tokenizer: ByteTokenizer(), limit: 3)
    let random = RandomStream(seed: 4, name: "captions")
    let drawn = (0..<40).map { captions.batch([0, 1], epoch: $0, random: random).ids }
    #expect(drawn == (0..<40).map { captions.batch([0, 1], epoch: $0, random: random).ids })
    #expect(Set(drawn.map { $0[1] }) == Set("abc".utf8.map { Int32($0) + 3 }))
    #expect(Set(drawn.map { $0[4] }) == [Int32(UInt8(ascii: "d")) + 3])
  }

  @Test("Other captions, another order or another tokenizer give another fingerprint")
  func fingerprints() {
    let captions = [["a b"], ["c"]]
    let one = CaptionTokens(captions, tokenizer: ByteTokenizer()).fingerprint
    #expect(one == CaptionTokens(captions, tokenizer: ByteTokenizer()).fingerprint)
    #expect(one != CaptionTokens(captions.reversed(), tokenizer: ByteTokenizer()).fingerprint)
    #expect(one != CaptionTokens([["a b"], ["d"]], tokenizer: ByteTokenizer()).fingerprint)
    #expect(one != CaptionTokens(captions, tokenizer: ByteTokenizer(contextLength: 4)).fingerprint)
  }
}
