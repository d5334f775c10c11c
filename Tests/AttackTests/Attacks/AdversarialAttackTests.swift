import Contrastive
import Data
import Encoders
import Foundation
import Kernels
import Networks
import TestSupport
import Testing

@testable import Attack

@Suite(.serialized) struct AdversarialAttackTests {
  static let each = 30
  static let name = "Baseline C"

  /// Target and shadow, the members of which they remember or not, and labelled images outside the groups: the class is
  /// how red an image is.
  private struct Place {
    let target: LinearEncoder
    let shadow: LinearEncoder
    let subjects: (target: AuditSubject, shadow: AuditSubject)
    let downstream: DownstreamSet

    init(leaks: Bool, targetSize: Int = 8, targetKind: UInt64 = 7) throws {
      let images = try FakeAudit.images()
      let split = try Split(
        count: images.count, sizes: SplitSizes(each: AdversarialAttackTests.each), seed: 3)
      func encoder(
        _ members: [Int], seed: UInt64, size: Int = 8, kind: UInt64 = 7
      ) throws -> LinearEncoder {
        LinearEncoder(
          remembered: Pictures(leaks ? try images.pixels(of: members) : [], size: 8), seed: seed, kind: kind,
          imageSize: size)
      }
      target = try encoder(split.target.members, seed: 1, size: targetSize, kind: targetKind)
      shadow = try encoder(split.shadow.members, seed: 2)
      subjects = (
        try AuditSubject(target, images: images, groups: split.target),
        try AuditSubject(shadow, images: images, groups: split.shadow)
      )
      let used = Set(split.target.pooled + split.shadow.pooled)
      let unused = (0..<images.count).filter { !used.contains($0) }
      downstream = DownstreamSet(images, indices: unused, labels: unused.map { $0 % 8 / 3 })
    }

    func findings(
      downstream: Bool = true, keeping kept: EvidenceFolder? = nil,
      _ change: (inout AttackConfiguration) -> Void = { _ in },
      report: (AuditEvent) throws -> Void = { _ in }
    ) throws -> AuditFindings {
      let audit = try FakeAudit.audit {
        ($0.sets, $0.attacks, $0.controls) = ([[.imageImage]], [AdversarialAttackTests.name], [])
        ($0.downstream.epochs, $0.downstream.learningRate, $0.downstream.batch) = (40, 1e-3, 16)
        change(&$0)
      }
      return try audit.run(
        target: subjects.target, shadow: subjects.shadow, downstream: downstream ? self.downstream : nil,
        keeping: kept, report: report)[0]
    }
  }

  @Test("Members that an encoder moves less than others are found, and where none are, nobody is")
  func leak() throws {
    let found = try Place(leaks: true).findings()
    #expect(found.attacks.map(\.name) == [AdversarialAttackTests.name])
    try found.expect(found: [AdversarialAttackTests.name], chance: [])
    #expect(found.attacks[0].shadowScores?.members.count == AdversarialAttackTests.each)
    expectChance(try Place(leaks: false).findings().attacks)
  }

  @Test("In a white box members are found though the shadow's examples do not carry over, and else nobody")
  func whiteBox() throws {
    func findings(leaks: Bool, isWhiteBox: Bool) throws -> AuditFindings {
      try Place(leaks: leaks, targetKind: 8).findings { $0.adversarial.isWhiteBox = isWhiteBox }
    }
    let found = try findings(leaks: true, isWhiteBox: true)
    try found.expect(found: [AdversarialAttackTests.name], chance: [])
    #expect(found.notes.count == 1 && found.notes[0].contains("white box"), "\(found.notes)")
    let blackBox = try findings(leaks: true, isWhiteBox: false)
    #expect(blackBox.notes.isEmpty)
    #expect(blackBox.attacks[0].metrics.auc.value < found.attacks[0].metrics.auc.value)
    expectChance(try findings(leaks: false, isWhiteBox: true).attacks)
  }

  @Test(
    "The target's gradients are taken in a white box alone, of its own inputs, and the questions are as many")
  func gradients() throws {
    for isWhiteBox in [false, true] {
      let place = try Place(leaks: false)
      _ = try place.findings {
        ($0.adversarial.isWhiteBox, $0.adversarial.steps) = (isWhiteBox, 2)
        ($0.downstream.epochs, $0.classifiers.vector.epochs) = (1, 1)
      }
      // Two groups, three classes, two steps.
      let each = 2 * AdversarialAttackTests.each * 3 * 2
      #expect(place.target.differentiated == (isWhiteBox ? each : 0))
      #expect(place.shadow.differentiated == (isWhiteBox ? each : 2 * each))
      #expect(place.target.asked == place.shadow.asked)
    }
  }

  @Test("A target that gives no gradients is no white box, and the reason is named")
  func closedBox() throws {
    let place = try Place(leaks: false)
    let closed = ClosedEncoder(place.target)
    let audit = try FakeAudit.audit {
      ($0.attacks, $0.controls) = ([AdversarialAttackTests.name], [])
      $0.adversarial.isWhiteBox = true
    }
    let subject = try AuditSubject(
      closed, images: try #require(place.subjects.target.images), groups: place.subjects.target.groups)
    let findings = try audit.run(
      target: subject, shadow: place.subjects.shadow, downstream: place.downstream)[
        0]
    #expect(findings.attacks.isEmpty && findings.notes.count == 1 && place.target.asked == 0)
    #expect(findings.notes[0].contains("its gradients, which linear 1 does not give"), "\(findings.notes)")
  }

  @Test(
    "Stopped anywhere and gone on with, beside an attack that needs the same classifiers, it counts no question twice"
  )
  func stopped() throws {
    struct Stop: Error {}
    func findings(
      _ folder: URL?, report: (AuditEvent) throws -> Void = { _ in }
    ) throws -> AuditFindings {
      try Place(leaks: false).findings(
        keeping: folder.map { EvidenceFolder($0) },
        {
          $0.attacks = ["Baseline A", AdversarialAttackTests.name]
          ($0.adversarial.steps, $0.downstream.epochs, $0.classifiers.vector.epochs) = (1, 1, 1)
        }, report: report)
    }
    var events = 0
    let expected = try findings(nil) { _ in events += 1 }
    #expect(expected.attacks.count == 2)
    for stop in stride(from: 1, through: events, by: max(1, events / 12)) {
      try withTemporaryFolder { folder in
        var told = 0
        #expect(throws: Stop.self) {
          try findings(folder) { _ in
            told += 1
            if told == stop { throw Stop() }
          }
        }
        let found = try findings(folder)
        #expect(found.questions == expected.questions, "stopped at event \(stop) of \(events)")
        #expect(found.attacks.map(\.scores.groups) == expected.attacks.map(\.scores.groups))
      }
    }
  }

  @Test("One seed gives the same scores, another one others")
  func seeds() throws {
    let place = try Place(leaks: false)
    func scores(_ seed: UInt64) throws -> MembershipGroups<[Double]> {
      try place.findings {
        $0.seed = seed
        ($0.downstream.epochs, $0.classifiers.vector.epochs, $0.adversarial.steps) = (3, 3, 2)
      }.attacks[0].scores.groups
    }
    let first = try scores(1)
    #expect(try scores(1) == first)
    #expect(try scores(2) != first)
  }

  @Test(
    "Each encoder is asked about the labelled images and about one example a class of each of its own inputs, and says so"
  )
  func questions() throws {
    for targets in [2, 10] {
      let place = try Place(leaks: false)
      var told: [AuditEvent] = []
      _ = try place.findings {
        ($0.adversarial.targets, $0.adversarial.steps) = (targets, 1)
        ($0.downstream.epochs, $0.classifiers.vector.epochs) = (1, 1)
      } report: {
        told.append($0)
      }
      // There are three classes.
      let expected = place.downstream.indices.count + min(targets, 3) * 2 * AdversarialAttackTests.each
      #expect(place.target.asked == expected && place.shadow.asked == expected)
      let each = AdversarialAttackTests.each
      for (role, group) in [(EncoderRole.target, AuditGroup.target), (.shadow, .shadow)] {
        for membership in Membership.allCases {
          #expect(told.contains(.asked(role, group, membership, done: each, of: each)))
        }
      }
    }
  }

  @Test("The ledger counts the further round, and several levels of knowledge share it")
  func ledger() throws {
    let place = try Place(leaks: false)
    let images = try FakeAudit.images()
    func population(_ indices: [Int]) -> Population {
      Population(images, indices, captions: [.exact: indices.map { "item \($0)" }])
    }
    let configuration = FakeAudit.configuration {
      ($0.adversarial.steps, $0.downstream.epochs, $0.classifiers.vector.epochs) = (1, 1, 1)
    }
    let evidence = Evidence(
      Questions(configuration), encoders: [.target: place.target, .shadow: place.shadow],
      groups: [
        .target: place.subjects.target.groups.map(population),
        .shadow: place.subjects.shadow.groups.map(population),
      ], downstream: place.downstream)
    for knowledge in [CaptionKnowledge.imageOnly, .exact] {
      let audit = AuditCase(
        evidence: evidence, configuration: configuration, knowledge: knowledge, learner: .shadow,
        tested: .target, references: [])
      #expect(AdversarialAttack().obstacle(in: audit) == nil && AdversarialAttack().needs(in: audit).isEmpty)
      _ = try AdversarialAttack().run(audit)
      let expected = place.downstream.indices.count + 3 * 2 * AdversarialAttackTests.each
      #expect(evidence.ledger.mapValues(\.pictures) == [.target: expected, .shadow: expected])
    }
  }

  @Test("A target of another size is asked about the same examples at its own")
  func otherSize() throws {
    let place = try Place(leaks: false, targetSize: 12)
    let findings = try place.findings {
      ($0.adversarial.steps, $0.downstream.epochs, $0.classifiers.vector.epochs) = (1, 1, 1)
    }
    #expect(findings.attacks.count == 1)
    #expect(place.target.asked == place.shadow.asked)
  }

  @Test("Without labelled images, with one class of them, or without gradients the reason is named")
  func leftOut() throws {
    let place = try Place(leaks: false)
    let bare = try place.findings(downstream: false)
    #expect(
      bare.attacks.isEmpty
        && bare.notes == [
          "Baseline C is left out: it trains downstream classifiers on labelled images, and the data have no classes"
        ])
    let one = DownstreamSet(place.downstream.images, indices: [1, 2], labels: [4, 4])
    #expect(one.obstacle?.contains("2 of 1 classes") == true)
    let subjects = try FakeAudit.subjects(.nothing)
    let audit = try FakeAudit.audit { ($0.attacks, $0.controls) = ([AdversarialAttackTests.name], []) }
    let findings = try audit.run(
      target: subjects.target.audited, shadow: subjects.shadow.audited, downstream: place.downstream)[0]
    #expect(findings.attacks.isEmpty && findings.notes.count == 1)
    #expect(findings.notes[0].contains("gradients") && findings.notes[0].contains("fake 2"))
  }

  @Test("It is made only where it is named")
  func usual() throws {
    let found = try Place(leaks: false).findings {
      ($0.attacks, $0.sets) = (["EncoderMI-T"], [[.imageImage]])
      $0.similarity = .cosine
    }
    #expect(found.attacks.map(\.name) == ["EncoderMI-T"] && found.notes.isEmpty)
    #expect(!AttackConfiguration().needsDownstreamSet)
    for (name, needs) in zip("ABCDE", [true, true, true, false, false]) {
      #expect(AttackConfiguration(attacks: ["CSA", "Baseline \(name)"]).needsDownstreamSet == needs)
    }
    #expect(AttackConfiguration(attacks: ["all"]).needsDownstreamSet)
  }
}

/// An encoder whose answers are to be had and whose gradients are not.
private final class ClosedEncoder: AuditedEncoder {
  private let encoder: LinearEncoder

  init(_ encoder: LinearEncoder) { self.encoder = encoder }

  var identity: EncoderIdentity { encoder.identity }
  var facts: EncoderFacts { encoder.facts }
  var modalities: Set<Modality> { encoder.modalities }
  var layers: Set<EmbeddingLayer> { encoder.layers }
  var imageSize: Int { encoder.imageSize }
  func answers(to pictures: Pictures) throws -> EncoderAnswers { try encoder.answers(to: pictures) }
  func answers(to captions: [String]) throws -> EncoderAnswers { try encoder.answers(to: captions) }
  func untrained(seed: UInt64) throws -> (any AuditedEncoder)? { nil }
}

@Suite(.serialized) struct AdversarialExamplesTests {
  @Test("Examples stay within 8/255 of the picture, and are taken for the class aimed at far more than it is")
  func examples() throws {
    let images = try FakeAudit.images()
    let encoder = LinearEncoder(remembered: Pictures([], size: 8), seed: 2)
    let indices = Array(0..<64)
    let pictures = Pictures(try images.pixels(of: indices), size: 8)
    func embeddings(_ pictures: Pictures) throws -> Tensor {
      try #require(try encoder.answers(to: pictures)[.embedding])
    }
    let training = DownstreamTraining(epochs: 40, batch: 16, learningRate: 1e-3)
    let classifier = try DownstreamClassifier(
      embeddings(pictures), labels: indices.map { $0 % 8 / 3 }, classes: 3, training: training,
      stream: RandomStream(seed: 1, name: "downstream"))
    let classes = [0, 1, 2]
    let repeated = pictures.part(0..<8).repeated(3)
    let wanted = (0..<8).flatMap { _ in classes }
    let crafted = try classifier.examples(
      near: repeated, takenFor: wanted, by: encoder, settings: AdversarialSettings())
    let moves = zip(crafted.bytes, repeated.bytes).map { Int($0) - Int($1) }
    #expect(moves.allSatisfy { abs($0) <= 8 } && moves.contains(8) && moves.contains(-8))
    func confidence(_ pictures: Pictures) throws -> Float {
      let rows = classifier.confidences(try embeddings(pictures)).values
      return wanted.enumerated().reduce(0) { $0 + rows[3 * $1.offset + $1.element] } / Float(wanted.count)
    }
    let (before, after) = (try confidence(repeated), try confidence(crafted))
    #expect(abs(before - 1.0 / 3) < 1e-4)
    #expect(after > 0.6, "\(before) before, \(after) after")
  }

  @Test("Colours at the ends of the range stay within it")
  func ends() throws {
    let encoder = LinearEncoder(remembered: Pictures([], size: 8), seed: 2)
    let pictures = Pictures([UInt8](repeating: 0, count: 192) + [UInt8](repeating: 255, count: 192), size: 8)
    let embeddings = try #require(try encoder.answers(to: pictures)[.embedding])
    let classifier = try DownstreamClassifier(
      embeddings, labels: [0, 1], classes: 2,
      training: DownstreamTraining(epochs: 1, batch: 2), stream: RandomStream(seed: 1, name: "downstream"))
    let crafted = try classifier.examples(
      near: pictures, takenFor: [1, 0], by: encoder,
      settings: AdversarialSettings(radius: 0.1, step: 0.1, steps: 3))
    #expect(crafted.bytes.prefix(192).allSatisfy { $0 <= 26 })
    #expect(crafted.bytes.dropFirst(192).allSatisfy { $0 >= 229 })
  }
}
