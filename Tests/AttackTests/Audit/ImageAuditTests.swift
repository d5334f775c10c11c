import Contrastive
import Data
import Encoders
import Files
import Foundation
import Networks
import TestSupport
import Testing
import Vision

@testable import Attack

/// Audits of encoders of images that answer by a network.
@Suite(.serialized) struct ImageAuditTests {
  private static let encoder = ImageEncoderConfiguration(.resnet18, width: 16, stemStride: 4, imageSize: 16)

  private func images(_ count: Int, in folder: URL) throws -> Images {
    try TinyImages.write(count, to: folder.appending(path: "images"))
    return try Dataset.open(folder.appending(path: "images").path).images()
  }

  private func audit(_ change: (inout AttackConfiguration) -> Void = { _ in }) throws -> Audit {
    var settings = ClassifierSettings.quick
    (settings.vector.epochs, settings.set.epochs) = (20, 5)
    var result = AttackConfiguration(views: 4, classifiers: settings, seed: 1)
    change(&result)
    return try Audit(result)
  }

  private func untrained(_ seed: UInt64) throws -> PretrainedEncoder {
    var augmentation = Augmentation.moco
    augmentation.outputSize = 16
    let description = EncoderDescription(
      encoder: ImageAuditTests.encoder, head: ProjectionHeadConfiguration(hiddenWidths: [32], width: 16),
      augmentation: augmentation, algorithm: "simclr", epoch: 1, members: 60, temperature: 0.5)
    return try PretrainedEncoder(description, .fresh(RandomStream(seed: seed, name: "weights")))
  }

  @Test("Encoders that learned from nobody give every attack an area that is chance within its interval")
  func negativeControl() throws {
    try withTemporaryFolder { folder in
      let data = try images(240, in: folder)
      let split = try Split(count: 240, sizes: SplitSizes(each: 60), seed: 1)
      let findings = try audit().run(
        target: AuditSubject(try untrained(1), images: data, groups: split.target),
        shadow: AuditSubject(try untrained(2), images: data, groups: split.shadow))
      #expect(findings.count == 1 && findings[0].knowledge == .imageOnly)
      #expect(findings[0].attacks.map(\.name) == ["EncoderMI-V", "EncoderMI-S", "EncoderMI-T"])
      for finding in findings[0].attacks + findings[0].controls {
        #expect(finding.metrics.auc.covers(0.5), "\(finding.name)")
      }
      #expect(findings[0].controls.map(\.family) == [.untrained, .untrained, .blind])
      #expect(findings[0].notes.isEmpty)
    }
  }

  @Test("Groups that differ by themselves are told apart in the right direction, and the controls say so")
  func differingGroups() throws {
    try withTemporaryFolder { folder in
      // Pictures of one colour, whose views are alike, and mosaics, whose views are not.
      var used: Set<UInt8> = []
      for index in 0..<48 {
        // The same picture would be used once.
        var plain = TinyImages.image(index).bytes[0]
        while !used.insert(plain).inserted { plain &+= 1 }
        try PixelImage(height: 16, width: 16, bytes: [UInt8](repeating: plain, count: 768)).writePNG(
          to: folder.appending(path: "plain-\(index).png").path)
      }
      try TinyImages.write(48, to: folder.appending(path: "mosaic"))
      let data = try Dataset.open(folder.path).images()
      let names = (0..<96).map { data.name(of: $0) }
      let plain = names.indices.filter { names[$0].hasPrefix("plain") }
      let mosaics = names.indices.filter { !names[$0].hasPrefix("plain") }
      func subject(_ range: Range<Int>, seed: UInt64) throws -> AuditSubject {
        try AuditSubject(
          untrained(seed), images: data,
          groups: MembershipGroups(members: Array(plain[range]), nonmembers: Array(mosaics[range])))
      }
      let findings = try audit().run(target: subject(0..<24, seed: 1), shadow: subject(24..<48, seed: 2))[0]
      let threshold = try #require(findings.attacks.last?.metrics)
      #expect(threshold.auc.isAbove(0.9) && threshold.accuracy.isAbove(0.8))
      #expect(findings.controls(.untrained).contains { $0.metrics.beatsChance })
      #expect(findings.controls(.blind).count == 1 && findings.controls(.blind)[0].metrics.beatsChance)
    }
  }

  @Test("An image has the same features wherever it stands and in whatever company it is asked about")
  func features() throws {
    try withTemporaryFolder { folder in
      let data = try images(8, in: folder)
      let (audit, encoder) = (try audit(), try untrained(1))
      func rows(_ data: Images, _ indices: [Int]) throws -> [[Float]] {
        try audit.features([.imageImage], of: Population(data, indices), by: encoder).rows
      }
      let all = try rows(data, Array(0..<8))
      let some = try rows(data, [6, 2])
      let moved = try rows(data.subset([6, 2]), [0, 1])
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
        try audit(change).features([.imageImage], of: Population(data, [0, 1, 2, 3]), by: encoder)
          .scores.values
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

  @Test("A classifier that an audit trained gives the same inputs the same scores by themselves")
  func classifier() throws {
    try withTemporaryFolder { folder in
      let data = try images(80, in: folder)
      let split = try Split(count: 80, sizes: SplitSizes(each: 20), seed: 1)
      let (audit, target) = (try audit(), try untrained(1))
      let findings = try audit.run(
        target: AuditSubject(target, images: data, groups: split.target),
        shadow: AuditSubject(try untrained(2), images: data, groups: split.shadow))[0]
      for finding in findings.attacks {
        let classifier = try #require(finding.classifier)
        let alone = try split.target.map { indices in
          try classifier.scores(
            audit.features(finding.sets, of: Population(data, indices), by: target)
          ).map(Double.init)
        }
        #expect(alone == finding.scores.groups, "\(finding.name)")
        #expect(Double(classifier.threshold) == finding.scores.threshold)
      }
    }
  }
}
