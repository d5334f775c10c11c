import Data
import Contrastive
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
      algorithm: "clip", epoch: 1, members: 40,
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
    let images = try FakePairs.images()
    let words = ["dog", "girl", "ball", "rope", "field", "runs", "red", "water"]
    let captions = (0..<FakePairs.count).map { index in
      var stream = RandomStream(seed: 4, name: "captions").substream(index)
      return (0..<2).map { _ in
        "a " + (0..<5).map { _ in words[stream.integer(below: words.count)] }.joined(separator: " ")
      }
    }
    let split = try Split(count: FakePairs.count, sizes: SplitSizes(each: FakePairs.each), seed: 3)
    let (target, shadow) = (try encoders(seed: 1), try encoders(seed: 2))
    let attack = try PairAttack(
      FakePairs.attack { $0.layer = layer }.configuration, captionViews: CaptionVariants.standard.variants)
    let findings = try attack.run(
      target: AuditedPair(
        target, images: images, captions: captions, groups: split.target,
        untrained: target.untrained(seed: 7)),
      shadow: AuditedPair(
        shadow, images: images, captions: captions, groups: split.shadow,
        untrained: shadow.untrained(seed: 8)))
    #expect(findings.classifiers.count == 15)
    for metrics in findings.attacks + findings.untrained.map(\.metrics) + findings.blind {
      #expect(abs(metrics.auc.value - 0.5) < 0.2, "\(metrics.name): \(metrics.auc)")
    }
  }
}
