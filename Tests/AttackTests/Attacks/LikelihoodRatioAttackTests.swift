import Data
import TestSupport
import Testing

@testable import Attack

@Suite(.serialized) struct LikelihoodRatioAttackTests {
  private static let names = ["EncoderMI-T", "LiRA (image-image)", "online LiRA (image-image)"]

  /// Encoders of images, some of which views agree on far more than on others, whoever was trained on them.
  private func subjects(leaking: Bool) throws -> (target: FakeAudit.Subject, shadow: FakeAudit.Subject) {
    let split = try FakeAudit.split()
    func subject(_ groups: MembershipGroups<[Int]>, _ seed: UInt64) throws -> FakeAudit.Subject {
      let encoder = FakeEncoder(
        .difficulty, members: leaking ? groups.members : [], seed: seed, modalities: [.image])
      return FakeAudit.Subject(
        encoder: encoder, audited: try AuditSubject(encoder, images: FakeAudit.images(), groups: groups))
    }
    return (try subject(split.target, 1), try subject(split.shadow, 2))
  }

  private func references(_ count: Int, drawn: Bool, leaking: Bool = true) throws -> [AuditReference] {
    let (split, images) = (try FakeAudit.split(), try FakeAudit.images())
    return (1...count).map { number in
      let members = drawn ? split.ensemble(number).members : []
      return AuditReference(
        FakeEncoder(
          .difficulty, members: leaking ? members : [], seed: UInt64(100 + number), modalities: [.image]),
        seen: Set(members.map { images.dataset.identity(of: $0) }), isDrawnByCoin: drawn)
    }
  }

  private func findings(
    leaking: Bool, _ references: [AuditReference]
  ) throws -> AuditFindings {
    try FakeAudit.findings(subjects(leaking: leaking), references: references) {
      ($0.attacks, $0.controls, $0.sets) = (LikelihoodRatioAttackTests.names, [], [[.imageImage]])
    }[0]
  }

  @Test("members are found that a threshold for all inputs misses, since inputs differ more than members do")
  func offset() throws {
    let found = try findings(leaking: true, references(10, drawn: true))
    let areas = try LikelihoodRatioAttackTests.names.map { try found.attack($0).metrics.auc }
    #expect(areas[0].value < 0.75 && areas[1].isAbove(0.75) && areas[2].isAbove(0.75), "\(areas)")
    let unseen = try findings(leaking: true, references(3, drawn: false))
    #expect(try unseen.attack("LiRA (image-image)").metrics.auc.isAbove(0.75))
  }

  @Test("where nothing leaks all of them are at chance")
  func chance() throws {
    let found = try findings(leaking: false, references(10, drawn: true, leaking: false))
    #expect(found.attacks.count == 3)
    for finding in found.attacks { #expect(finding.metrics.auc.covers(0.5), "\(finding.metrics.auc)") }
  }

  @Test("RMIA with references that a coin drew finds such members too, and none where nothing leaks")
  func relative() throws {
    func findings(leaking: Bool) throws -> Finding {
      try FakeAudit.findings(
        subjects(leaking: leaking), references: references(10, drawn: true, leaking: leaking)
      ) {
        ($0.attacks, $0.controls, $0.sets) = (["RMIA (image-image)"], [], [[.imageImage]])
        $0.knownNonmembers.ratio = 1
      }[0].attack("RMIA (image-image)")
    }
    let (found, nothing) = (try findings(leaking: true), try findings(leaking: false))
    #expect(found.metrics.auc.isAbove(0.6), "\(found.metrics.auc)")
    expectChance([nothing])
  }

  @Test(
    "with one reference it is the calibrated score, and without a coin there is nothing online: both are said"
  )
  func leftOut() throws {
    let alone = try findings(leaking: true, [])
    #expect(alone.attacks.map(\.name) == ["EncoderMI-T"])
    #expect(
      alone.notes == [
        "LiRA (image-image) is left out: by the shadow alone, or one reference, it is the calibrated image-image mean; "
          + "give more by --references",
        "online LiRA (image-image) is left out: it needs references that saw some of the inputs; pre-train them by "
          + "--ensemble, give them by --references",
      ])
    let unseen = try findings(leaking: true, references(2, drawn: false))
    #expect(unseen.attacks.count == 2)
    #expect(unseen.notes.count { $0.contains("--ensemble") } == 1, "\(unseen.notes)")
  }

  @Test("distances and ratios equal those of normal densities", arguments: ["liraFew", "liraMany"])
  func golden(_ name: String) throws {
    let golden = try Golden("attacks")
    let own = try golden.values("\(name)/own").map(Double.init)
    let (scores, saw) = (try golden.values("\(name)/references"), try golden.integers("\(name)/saw"))
    let references = stride(from: 0, to: scores.count, by: own.count).map { start in
      let range = start..<(start + own.count)
      return LikelihoodRatio.Reference(
        scores: scores[range].map(Double.init), saw: saw[range].map { $0 == 1 })
    }
    let found = try LikelihoodRatio(references)
    let distances = own.enumerated().map { Float(found.distance($1, of: $0)) }
    let ratios = own.enumerated().map { Float(found.ratio($1, of: $0)) }
    #expect(largestDifference(distances, try golden.values("\(name)/offline64")) < 1e-5)
    #expect(largestDifference(ratios, try golden.values("\(name)/online64")) < 1e-4)
  }

  @Test("where no input was seen twice both kinds share a deviation, and a higher score is a surer member")
  func oneSeen() throws {
    let scores: [[Double]] = [[0.50, 0.70], [0.52, 0.72], [0.60, 0.80]]
    let saw = [[false, false], [false, false], [true, true]]
    let found = try LikelihoodRatio(zip(scores, saw).map { LikelihoodRatio.Reference(scores: $0, saw: $1) })
    let ratios = [0.3, 0.5, 0.55, 0.6, 0.9].map { found.ratio($0, of: 0) }
    #expect(ratios == ratios.sorted() && Set(ratios).count == ratios.count, "\(ratios)")
  }

  @Test("with few references it is said that inputs are ordered as by the calibrated score")
  func sharedDeviation() throws {
    let few = try findings(leaking: true, references(3, drawn: false))
    #expect(few.notes.contains { $0.contains("share one deviation") }, "\(few.notes)")
    let many = try findings(leaking: true, references(9, drawn: false))
    #expect(!many.notes.contains { $0.contains("share one deviation") }, "\(many.notes)")
  }

  @Test("inputs that every reference saw are named where no others tell by how much that lifts a score")
  func seenByAll() {
    let reference = LikelihoodRatio.Reference(scores: [1, 2], saw: [false, true])
    #expect(throws: AttackError.seenByAll(inputs: ["b"])) {
      try LikelihoodRatio([reference, reference]) { ["a", "b"][$0] }
    }
  }
}
