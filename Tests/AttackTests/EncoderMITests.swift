import Data
import Files
import Foundation
import Kernels
import Networks
import TestSupport
import Testing
import Vision

@testable import Attack
@testable import Contrastive

@Suite(.serialized) struct EncoderMITests {
  private static let encoder = ImageEncoderConfiguration(.resnet18, width: 16, stemStride: 4, imageSize: 16)

  private func images(_ count: Int, in folder: URL) throws -> Images {
    try TinyImages.write(count, to: folder.appending(path: "images"))
    return try Dataset.open(folder.appending(path: "images").path).images()
  }

  private func attack(_ change: (inout AttackConfiguration) -> Void = { _ in }) throws -> EncoderMI {
    var settings = ClassifierSettings.quick
    (settings.vector.epochs, settings.set.epochs) = (20, 5)
    var result = AttackConfiguration(
      features: FeatureConfiguration(views: 4), classifiers: settings, seed: 1)
    change(&result)
    return try EncoderMI(result)
  }

  private func untrained(_ seed: UInt64) throws -> PretrainedEncoder {
    var augmentation = Augmentation.moco
    augmentation.outputSize = 16
    let description = EncoderDescription(
      encoder: EncoderMITests.encoder, head: ProjectionHeadConfiguration(hiddenWidths: [32], width: 16),
      augmentation: augmentation, algorithm: "simclr", epoch: 1, members: 60)
    return try PretrainedEncoder(description, .fresh(RandomStream(seed: seed, name: "weights")))
  }

  @Test("Encoders that learned from nobody give every attack an area that is chance within its interval")
  func negativeControl() throws {
    try withTemporaryFolder { folder in
      let data = try images(240, in: folder)
      let split = try Split(count: 240, sizes: SplitSizes(each: 60), seed: 1)
      let findings = try attack().run(
        target: AuditedEncoder(try untrained(1), data: data, groups: split.target),
        shadow: AuditedEncoder(try untrained(2), data: data, groups: split.shadow))
      #expect(findings.attacks.map(\.name) == ["EncoderMI-V", "EncoderMI-S", "EncoderMI-T"])
      for run in findings.attacks + findings.untrained { #expect(run.metrics.auc.covers(0.5), "\(run.name)") }
      #expect(findings.blind.auc.covers(0.5))
      #expect(findings.controls.count == findings.untrained.count + 1)
    }
  }

  @Test("Groups that differ by themselves are told apart in the right direction, and the controls say so")
  func differingGroups() throws {
    try withTemporaryFolder { folder in
      // Pictures of one colour, whose views are alike, and mosaics, whose views are not.
      for index in 0..<48 {
        let plain = UInt8(truncatingIfNeeded: 37 * index + 11)
        try PixelImage(height: 16, width: 16, bytes: [UInt8](repeating: plain, count: 768)).writePNG(
          to: folder.appending(path: "plain-\(index).png").path)
      }
      try TinyImages.write(48, to: folder.appending(path: "mosaic"))
      let data = try Dataset.open(folder.path).images()
      let names = (0..<96).map { data.name(of: $0) }
      let plain = names.indices.filter { names[$0].hasPrefix("plain") }
      let mosaics = names.indices.filter { !names[$0].hasPrefix("plain") }
      func audited(_ range: Range<Int>, seed: UInt64) throws -> AuditedEncoder {
        AuditedEncoder(
          try untrained(seed), data: data,
          groups: MembershipGroups(members: Array(plain[range]), nonmembers: Array(mosaics[range])))
      }
      let findings = try attack().run(target: audited(0..<24, seed: 1), shadow: audited(24..<48, seed: 2))
      let threshold = try #require(findings.attacks.last?.metrics)
      #expect(threshold.auc.isAbove(0.9) && threshold.accuracy.isAbove(0.8))
      #expect(findings.controls.contains { $0.beatsChance })
      #expect(findings.blind.beatsChance)
    }
  }

  @Test("An image has the same features wherever it stands and in whatever company it is asked about")
  func features() throws {
    try withTemporaryFolder { folder in
      let data = try images(8, in: folder)
      let (attack, encoder) = (try attack(), try untrained(1))
      let all = try attack.features(of: data, Array(0..<8), by: encoder).rows
      let some = try attack.features(of: data, [6, 2], by: encoder).rows
      let moved = try attack.features(of: data.subset([6, 2]), [0, 1], by: encoder).rows
      for (place, index) in [6, 2].enumerated() {
        #expect(largestDifference(some[place], all[index]) < 1e-5)
        #expect(largestDifference(moved[place], all[index]) < 1e-5)
      }
    }
  }

  @Test("Seed, layer and augmentation each change what is asked")
  func settings() throws {
    try withTemporaryFolder { folder in
      let data = try images(4, in: folder)
      let encoder = try untrained(1)
      func scores(_ change: (inout AttackConfiguration) -> Void) throws -> [Float] {
        try attack(change).features(of: data, [0, 1, 2, 3], by: encoder).scores.values
      }
      let standard = try scores { _ in }
      #expect(try scores { _ in } == standard)
      #expect(try scores { $0.seed = 2 } != standard)
      #expect(try scores { $0.layer = .projection } != standard)
      let still = try scores { $0.augmentation = .centre }
      // Views without randomness are one and the same.
      #expect(still.allSatisfy { abs($0 - 1) < 1e-5 })
    }
  }

  @Test("One view makes no pair")
  func tooFewViews() {
    #expect(throws: InvalidSetting.self) { try attack { $0.features.views = 1 } }
  }
}
