import Data
import Files
import Foundation
import Kernels
import TestSupport
import Testing
import Vision

@testable import Attack

@Suite(.serialized) struct PairAttackTests {
  private static let all: [InferenceClassifierKind] = [.vector, .set, .threshold]

  private func names(_ sets: [FeatureSet]...) -> [String] {
    sets.flatMap { kinds in PairAttackTests.all.map { AttackRun.name($0, kinds) } }
  }

  private func check(
    _ findings: PairFindings, found: [String], chance: [String],
    location: SourceLocation = #_sourceLocation
  ) throws {
    for name in found {
      let attack = try #require(findings.attacks.first { $0.name == name }, "\(name)")
      #expect(attack.auc.value > 0.95, "\(name): \(attack.auc)", sourceLocation: location)
    }
    for name in chance {
      let attack = try #require(findings.attacks.first { $0.name == name }, "\(name)")
      #expect(abs(attack.auc.value - 0.5) < 0.2, "\(name): \(attack.auc)", sourceLocation: location)
    }
  }

  @Test(
    "Encoders that remember which image and caption belong together leak through image-text features alone")
  func pairing() throws {
    let (target, shadow) = try FakePairs.audited(.pairing)
    let findings = try FakePairs.attack().run(target: target, shadow: shadow)
    try check(
      findings,
      found: names([.imageText], [.pair], FeatureSet.allCases)
        + ["CSA", "AEA", "CSA, calibrated", "image-text mean, calibrated"],
      chance: names([.imageImage], [.textText])
        + [
          "LpLA (image)", "image-image mean, calibrated", "text-text mean, calibrated",
        ])
    // It finds those that it guessed while learning, and few others: 64 random components, some 60 guesses.
    let weak = try #require(findings.attacks.first { $0.name == "WSA" })
    #expect(weak.auc.isAbove(0.7), "\(weak.auc)")
    for control in findings.untrained.map(\.metrics) + findings.blind {
      #expect(abs(control.auc.value - 0.5) < 0.2, "\(control.name): \(control.auc)")
    }
    #expect(findings.untrained.count == 2 * 5 && findings.blind.count == 2)
    #expect(findings.notes.isEmpty)
  }

  @Test(
    "A member's image with a nonmember's caption, or a caption so swapped, does not look like a member pair")
  func swapped() throws {
    let (target, shadow) = try FakePairs.audited(.pairing)
    let findings = try FakePairs.attack { $0.sets = [[.imageText], [.pair], [.imageImage]] }
      .run(target: target, shadow: shadow)
    // Two sets, three classifiers, three swaps, two references; image-image features are not judged by pairing.
    #expect(findings.swapped.count == 2 * 3 * 3 * 2)
    for control in findings.swapped {
      #expect(!control.auc.isAbove(0.65), "\(control.name): \(control.auc)")
      if control.name.contains("mismatched") {
        #expect(abs(control.auc.value - 0.5) < 0.2, "\(control.name): \(control.auc)")
      }
    }
  }

  @Test(
    "Encoders that remember images leak through image-image features, not through captions or the pair's cosine"
  )
  func image() throws {
    let (target, shadow) = try FakePairs.audited(.image)
    let findings = try FakePairs.attack().run(target: target, shadow: shadow)
    try check(
      findings, found: names([.imageImage], FeatureSet.allCases) + ["image-image mean, calibrated"],
      chance: names([.textText], [.pair]) + ["CSA", "text-text mean, calibrated"])
  }

  @Test(
    "Encoders that remember wordings leak through text-text features, not through images or the pair's cosine"
  )
  func caption() throws {
    let (target, shadow) = try FakePairs.audited(.caption)
    let findings = try FakePairs.attack().run(target: target, shadow: shadow)
    try check(
      findings, found: names([.textText], FeatureSet.allCases) + ["text-text mean, calibrated"],
      chance: names([.imageImage], [.pair]) + ["CSA", "image-image mean, calibrated"])
  }

  @Test("Embeddings that are longer for members leak through their norm alone")
  func norm() throws {
    let (target, shadow) = try FakePairs.audited(.norm)
    let findings = try FakePairs.attack { $0.sets = [[.pair]] }.run(target: target, shadow: shadow)
    try check(
      findings, found: ["LpLA (image)", "LpLA (pair)"],
      chance: names([.pair]) + ["LpLA (caption)", "CSA", "AEA", "CSA, calibrated"])
  }

  @Test("Encoders that remember nothing put every attack at chance")
  func nothing() throws {
    let (target, shadow) = try FakePairs.audited(.nothing)
    let findings = try FakePairs.attack().run(target: target, shadow: shadow)
    try check(findings, found: [], chance: findings.attacks.map(\.name))
  }

  @Test("What the auditor holds decides what can be asked, and whether a wording or a pairing was remembered")
  func knowledge() throws {
    let (target, shadow) = try FakePairs.audited(.wording)
    let levels = CaptionKnowledge.allCases
    let findings = try FakePairs.attack { $0.classifiers.set.epochs = 1 }
      .run(levels: levels, target: target, shadow: shadow)
    #expect(findings.map(\.knowledge) == levels)
    try check(findings[0], found: names([.pair]) + ["CSA"], chance: names([.imageImage]))
    for level in findings[1...2] { try check(level, found: [], chance: ["CSA", "AEA"]) }
    #expect(findings[3].sets == [[.imageImage]] && findings[4].sets == [[.textText]])
    #expect(
      findings[3].baselines.map(\.name) == ["LpLA (image)", "image-image mean, calibrated"]
        && findings[4].baselines.map(\.name) == ["LpLA (caption)", "text-text mean, calibrated"])
    #expect(findings[3].blind.map(\.name) == [BlindControl.name])
    #expect(findings[4].blind.map(\.name) == [CaptionControl.name])
    #expect(findings[3].swapped.isEmpty && findings[4].swapped.isEmpty)
    // One level by itself is the same as among others.
    let alone = try FakePairs.attack { ($0.classifiers.set.epochs, $0.knowledge) = (1, .other) }
      .run(target: target, shadow: shadow)
    #expect(alone.attacks == findings[1].attacks && alone.controls == findings[1].controls)
  }

  @Test("A pair gets the same score wherever it stands and in whatever company")
  func places() throws {
    let images = try FakePairs.images(40)
    let captions = FakePairs.captions(40)
    let encoder = FakePairEncoder(.pairing, members: [2, 3], seed: 1)
    let attack = try FakePairs.attack()
    let queries = PairQueries(configuration: attack.configuration, captionViews: FakePairs.captionViews)
    func rows(_ data: Images, _ indices: [Int], _ numbers: [Int]) throws -> [[Float]] {
      try PairObservations(
        images: queries.images(indices, of: data, by: encoder),
        captions: queries.captions(numbers.map { captions[$0][0] }, by: encoder),
        configuration: attack.configuration.features(.exact), inputs: indices
      ).features.rows
    }
    let whole = try rows(images, Array(0..<40), Array(0..<40))
    let some = try rows(images, [37, 2], [37, 2])
    let moved = try rows(images.subset([2, 37]), [1, 0], [37, 2])
    #expect(some == [whole[37], whole[2]] && moved == some)
    let other = try FakePairs.attack { $0.seed = 6 }
    let reseeded = PairQueries(configuration: other.configuration, captionViews: FakePairs.captionViews)
    #expect(
      try reseeded.captions(["item 1"], by: encoder).views.values
        != queries.captions(["item 1"], by: encoder).views.values)
  }

  private let pretraining = AttackResults.Pretraining(
    epochs: 10, members: 40, encoder: "vit-16x1", algorithm: "clip")

  @Test(
    "Results read back as they were written, with knowledge, feature sets and a warning for what was left out"
  )
  func results() throws {
    let (whole, shadow) = try FakePairs.audited(.pairing)
    let target = try AuditedPair(
      whole.encoder, images: whole.images, captions: whole.captions, groups: whole.groups)
    let findings = try FakePairs.attack { $0.sets = [[.pair]] }.run(target: target, shadow: shadow)
    let results = findings.results(
      counts: SplitSizes(each: FakePairs.each), target: pretraining, shadow: pretraining,
      seeds: ["attack": 5],
      versions: [:], dataFingerprints: [:], encoderFingerprints: [:])
    #expect(results.knowledge == .exact && results.featureSets == [[.pair]])
    #expect(results.warnings.contains { $0.contains("no untrained encoders") })
    #expect(results.controls.count { $0.name.hasPrefix("swapped") } == findings.swapped.count)
    try withTemporaryFolder { folder in
      try results.write(to: folder)
      #expect(try AttackResults.read(from: folder) == results)
    }
  }

  @Test("Swapped pairs that look like members are warned of in words of their own")
  func swappedWarning() throws {
    let groups = MembershipGroups(members: (30..<60).map(Double.init), nonmembers: (0..<30).map(Double.init))
    let metrics = AttackMetrics(name: "swapped: a", scores: try MembershipScores(groups, threshold: 30))
    let findings = PairFindings(
      knowledge: .exact, sets: [[.pair]], classifiers: [], baselines: [], untrained: [], blind: [],
      swapped: [metrics], notes: [])
    let results = findings.results(
      counts: SplitSizes(each: 30), target: pretraining, shadow: pretraining, seeds: [:],
      versions: [:], dataFingerprints: [:], encoderFingerprints: [:])
    #expect(results.warnings.contains { $0.contains("'swapped: a'") && $0.contains("not their pairing") })
    #expect(!results.warnings.contains { $0.contains("differ by themselves") })
  }

  @Test("An auditor who needs another caption than the only one is told which image lacks it")
  func oneCaption() throws {
    let (target, shadow) = try FakePairs.audited(.nothing)
    let single = try AuditedPair(
      target.encoder, images: target.images, captions: target.captions.map { [$0[0]] }, groups: target.groups)
    for level in [CaptionKnowledge.other, .template] {
      let error = #expect(throws: PairAttackError.self) {
        try FakePairs.attack { $0.knowledge = level }.run(target: single, shadow: shadow)
      }
      #expect(error?.description.contains(".png") == true)
    }
  }

  @Test("Calibrating encoders that all saw an input are an error")
  func seenByAll() throws {
    let (target, shadow) = try FakePairs.audited(.nothing)
    let everything = Set((0..<FakePairs.count).map { target.images.fingerprint(of: $0) })
    let error = #expect(throws: PairAttackError.self) {
      try FakePairs.attack { $0.sets = [[.pair]] }.run(
        target: target, shadow: shadow,
        calibrating: [CalibratingEncoder(shadow.encoder, seen: everything)])
    }
    if case .seenByAll = error {} else { Issue.record("\(String(describing: error))") }
  }

  @Test(
    "Sets that the auditor cannot make, captions that do not fit the images and wrong variants are errors")
  func badInput() throws {
    let (target, shadow) = try FakePairs.audited(.nothing)
    #expect(throws: PairAttackError.noFeatureSet(.imageOnly)) {
      try FakePairs.attack { ($0.sets, $0.knowledge) = ([[.pair]], .imageOnly) }
        .run(target: target, shadow: shadow)
    }
    #expect(throws: PairAttackError.captionCount(images: FakePairs.count, captions: 1)) {
      try AuditedPair(target.encoder, images: target.images, captions: [["a"]], groups: target.groups)
    }
    var captions = target.captions
    captions[3] = []
    #expect(throws: PairAttackError.noCaption(image: target.images.name(of: 3))) {
      try AuditedPair(target.encoder, images: target.images, captions: captions, groups: target.groups)
    }
    let attack = try PairAttack(FakePairs.attack().configuration) { _, captions, _ in
      captions.map { _ in ["one"] }
    }
    #expect(throws: PairAttackError.variantCount(expected: 4, found: 1)) {
      try attack.run(target: target, shadow: shadow)
    }
  }
}
