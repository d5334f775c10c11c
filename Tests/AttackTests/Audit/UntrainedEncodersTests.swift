import Contrastive
import Data
import Encoders
import Kernels
import Networks
import TestSupport
import Testing
import Text
import Vision

@testable import Attack

@Suite(.serialized) struct UntrainedEncodersTests {
  private func encoders(seed: UInt64) throws -> PretrainedCLIP {
    var augmentation = Augmentation.moco
    augmentation.outputSize = 8
    let description = EncoderDescription(
      encoder: ImageEncoderConfiguration(
        .vit, width: 16, imageSize: 8,
        transformer: VisionTransformerConfiguration(layers: 1, heads: 2, patch: 4)),
      head: ProjectionHeadConfiguration(width: 12, hasBias: false), augmentation: augmentation,
      algorithm: "clip", epoch: 1, members: 40, temperature: 0.5,
      clip: CLIPConfiguration(
        text: TextEncoderConfiguration(
          width: 16, layers: 1, heads: 2, vocabularySize: 259, contextLength: 32)))
    return try PretrainedCLIP(
      description, .fresh(RandomStream(seed: seed, name: "encoders")), tokenizer: ByteTokenizer())
  }

  @Test(
    "A CLIP that learned from nobody is at chance in every attack, at either layer",
    arguments: EmbeddingLayer.allCases)
  func chance(_ layer: EmbeddingLayer) throws {
    let words = ["dog", "girl", "ball", "rope", "field", "runs", "red", "water"]
    let captions = (0..<FakeAudit.count).map { index in
      var stream = RandomStream(seed: 4, name: "captions").substream(index)
      return (0..<2).map { _ in
        "a " + (0..<5).map { _ in words[stream.integer(below: words.count)] }.joined(separator: " ")
      }
    }
    let split = try Split(count: FakeAudit.count, sizes: SplitSizes(each: FakeAudit.each), seed: 3)
    func subject(_ groups: MembershipGroups<[Int]>, seed: UInt64) throws -> AuditSubject {
      try AuditSubject(
        encoders(seed: seed), images: FakeAudit.images(), captions: captions, groups: groups)
    }
    let findings = try Audit(FakeAudit.configuration { $0.layer = layer }).run(
      target: subject(split.target, seed: 1), shadow: subject(split.shadow, seed: 2))[0]
    #expect(findings.attacks.count { $0.classifier != nil } == 15)
    expectChance(findings.attacks)
    expectChance(findings.controls(.untrained) + findings.controls(.blind))
  }
}
