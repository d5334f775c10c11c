import Data
import Encoders
import Testing

@testable import Attack

@Suite(.serialized) struct AuditTests {
  @Test(
    "Encoders that remember which image and caption belong together leak through image-text features alone")
  func pairing() throws {
    let findings = try FakeAudit.findings(FakeAudit.subjects(.pairing))[0]
    try findings.expect(
      found: AuditFindings.names([.imageText], [.pair], FeatureSet.allCases)
        + ["CSA", "AEA", "calibrated CSA", "calibrated image-text mean"],
      chance: AuditFindings.names([.imageImage], [.textText])
        + [
          "LpLA (image)", "LpLA (caption)", "LpLA (pair)", "calibrated image-image mean",
          "calibrated text-text mean",
        ])
    expectChance(findings.controls(.untrained) + findings.controls(.blind))
    #expect(findings.controls(.untrained).count == 2 * 5 && findings.controls(.blind).count == 2)
    #expect(findings.notes.isEmpty)
  }

  @Test(
    "A member's image with a nonmember's caption, or a caption so swapped, does not look like a member pair")
  func swapped() throws {
    let findings = try FakeAudit.findings(FakeAudit.subjects(.pairing)) {
      $0.sets = [[.imageText], [.pair], [.imageImage]]
    }[0]
    let swapped = findings.controls(.swapped)
    // Two sets, three classifiers, three swaps, two references; image-image features are not judged by pairing.
    #expect(swapped.count == 2 * 3 * 3 * 2)
    expectChance(swapped.filter { $0.swap?.reference == .mismatched })
    for control in swapped { #expect(!control.metrics.auc.isAbove(0.65), "\(control.name)") }
  }

  @Test(
    "Encoders that remember images leak through image-image features, not through captions or the pair's cosine"
  )
  func image() throws {
    try FakeAudit.findings(FakeAudit.subjects(.image))[0].expect(
      found: AuditFindings.names([.imageImage], FeatureSet.allCases) + ["calibrated image-image mean"],
      chance: AuditFindings.names([.textText], [.pair]) + ["CSA", "calibrated text-text mean"])
  }

  @Test(
    "Encoders that remember wordings leak through text-text features, not through images or the pair's cosine"
  )
  func caption() throws {
    try FakeAudit.findings(FakeAudit.subjects(.caption))[0].expect(
      found: AuditFindings.names([.textText], FeatureSet.allCases) + ["calibrated text-text mean"],
      chance: AuditFindings.names([.imageImage], [.pair]) + ["CSA", "calibrated image-image mean"])
  }

  @Test("Embeddings that are longer for members leak through their norm alone")
  func norm() throws {
    try FakeAudit.findings(FakeAudit.subjects(.norm)) { $0.sets = [[.pair]] }[0].expect(
      found: ["LpLA (image)", "LpLA (pair)"],
      chance: AuditFindings.names([.pair]) + ["LpLA (caption)", "CSA", "AEA", "calibrated CSA"])
  }

  @Test("Encoders that remember nothing put every attack and every control at chance")
  func nothing() throws {
    let findings = try FakeAudit.findings(FakeAudit.subjects(.nothing))[0]
    // Guessed members are among those that are judged, so that WSA's area is not one of independent inputs.
    expectChance(findings.attacks)
    expectChance(
      findings.controls(.untrained) + findings.controls(.blind)
        + findings.controls(.swapped).filter { $0.swap?.reference == .mismatched })
  }

  @Test("What the auditor holds decides what can be asked, and whether a wording or a pairing was remembered")
  func knowledge() throws {
    let levels = CaptionKnowledge.allCases
    let findings = try FakeAudit.findings(FakeAudit.subjects(.wording), levels: levels) {
      $0.classifiers.set.epochs = 1
    }
    #expect(findings.map(\.knowledge) == levels)
    try findings[0].expect(
      found: AuditFindings.names([.pair]) + ["CSA"], chance: AuditFindings.names([.imageImage]))
    // Another wording, an image alone and a caption alone give nothing away.
    for level in findings[1...] { expectChance(level.attacks) }
    #expect(findings[3].sets == [[.imageImage]] && findings[4].sets == [[.textText]])
    func others(_ findings: AuditFindings) -> [String] {
      findings.attacks.filter { $0.classifier == nil }.map(\.name)
    }
    #expect(others(findings[3]) == ["LpLA (image)", "calibrated image-image mean"])
    #expect(others(findings[4]) == ["LpLA (caption)", "calibrated text-text mean"])
    #expect(findings[3].controls(.blind).map(\.name) == [BlindControl.name])
    #expect(findings[4].controls(.blind).map(\.name) == [CaptionControl.name])
    #expect(findings[3].controls(.swapped).isEmpty && findings[4].controls(.swapped).isEmpty)
  }

  @Test("One level of knowledge by itself finds the same as among others, to the last bit")
  func alone() throws {
    func same(_ a: [Finding], _ b: [Finding]) {
      #expect(a.map(\.name) == b.map(\.name))
      for (one, other) in zip(a, b) {
        #expect(one.scores == other.scores, "\(one.name)")
        #expect(one.shadowScores == other.shadowScores, "\(one.name)")
      }
    }
    let levels = CaptionKnowledge.allCases
    let all = try FakeAudit.findings(FakeAudit.subjects(.wording), levels: levels) {
      $0.classifiers.set.epochs = 1
    }
    for (level, among) in zip(levels, all) {
      let alone = try FakeAudit.findings(FakeAudit.subjects(.wording)) {
        ($0.classifiers.set.epochs, $0.knowledge) = (1, level)
      }
      #expect(alone.count == 1 && alone[0].knowledge == level && alone[0].notes == among.notes)
      same(alone[0].attacks, among.attacks)
      same(alone[0].controls, among.controls)
    }
  }

  @Test("Without a family of controls none of it is made, and without untrained encoders none are asked for")
  func controls() throws {
    let subjects = try FakeAudit.subjects(.nothing)
    let none = try FakeAudit.findings(subjects) {
      ($0.sets, $0.attacks, $0.controls) = ([[.pair]], ["CSA"], [])
    }[0]
    #expect(none.controls.isEmpty && none.notes.isEmpty && !none.attacks.isEmpty)
    #expect(subjects.target.encoder.twins.isEmpty && subjects.shadow.encoder.twins.isEmpty)
    for family in ControlFamily.allCases {
      let findings = try FakeAudit.findings(subjects) { ($0.sets, $0.controls) = ([[.pair]], [family]) }[0]
      #expect(!findings.controls.isEmpty && findings.controls.allSatisfy { $0.family == family })
    }
  }

  @Test("Where an encoder has no untrained twin the audit goes on and says which control is missing")
  func noTwin() throws {
    let findings = try FakeAudit.findings(FakeAudit.subjects(.pairing, hasTwin: false)) {
      $0.sets = [[.pair], [.imageText]]
    }[0]
    // The stand-in has no text encoder.
    #expect(
      findings.controls(.untrained).map(\.attack)
        == ["EncoderMI-V", "EncoderMI-T", "EncoderMI-V", "EncoderMI-T"].map {
          "nonmembers against nonmembers (\($0))"
        })
    #expect(!findings.controls(.swapped).isEmpty)
    #expect(findings.notes.count == 2 && findings.notes.allSatisfy { $0.contains("takes images alone") })
  }

  @Test(
    "Only the attacks that are named are made, and those of them that cannot be are named, all of a reason in a sentence"
  )
  func named() throws {
    let subjects = try FakeAudit.subjects(.nothing)
    let findings = try FakeAudit.findings(subjects) {
      ($0.attacks, $0.knowledge, $0.controls) = (["EncoderMI-T", "CSA", "LpLA (image)"], .imageOnly, [])
    }[0]
    #expect(findings.attacks.map(\.name) == ["EncoderMI-T (image-image)", "LpLA (image)"])
    #expect(
      findings.notes == [
        "CSA is left out: it needs captions, and the auditor holds none"
      ])
    let one = try FakeAudit.findings(subjects) {
      ($0.attacks, $0.knowledge, $0.controls) = (["LpLA (image)", "CSA"], .imageOnly, [])
    }[0]
    #expect(one.notes == ["CSA is left out: it needs captions, and the auditor holds none"])
  }

  @Test("Where no attack is named one sentence says what the auditor's knowledge forbids")
  func forbidden() throws {
    let notes = try FakeAudit.findings(FakeAudit.subjects(.nothing), levels: CaptionKnowledge.allCases) {
      ($0.controls, $0.classifiers.vector.epochs, $0.classifiers.set.epochs) = ([], 1, 1)
    }.map { $0.notes.filter { !$0.hasPrefix("WSA is left out: ") } }
    #expect(
      notes == [
        [], [], [], ["what captions would tell is left out: the auditor holds none"],
        ["what images would tell is left out: the auditor holds captions alone"],
      ])
  }

  @Test("Feature sets that were asked for and cannot be made are named with the reason")
  func sets() throws {
    let findings = try FakeAudit.findings(
      FakeAudit.subjects(.nothing, target: [.image], shadow: [.image])
    ) {
      ($0.sets, $0.controls, $0.classifiers.set.epochs) = ([[.imageImage], [.pair]], [], 1)
    }[0]
    #expect(
      findings.notes == [
        "left out: EncoderMI-V, EncoderMI-S, EncoderMI-T (pair): each needs a text encoder, and the target has none"
      ])
  }

  @Test("Events tell what is asked, learned and controlled, in that order")
  func events() throws {
    var (events, progress): ([AuditEvent], [AuditProgress]) = ([], [])
    _ = try FakeAudit.findings(FakeAudit.subjects(.nothing)) {
      ($0.sets, $0.attacks, $0.controls) = ([[.pair]], ["EncoderMI-T"], [.blind])
    } report: {
      if case .progress(let found) = $0 { progress.append(found) } else { events.append($0) }
    }
    // A picture and a caption of each input of four groups, then an attack and two controls.
    let parts = [64, FakeAudit.each]
    let whole = 8 * FakeAudit.each
    #expect(
      progress.map(\.asked) == (0..<4).flatMap { group in parts.map { 2 * (group * FakeAudit.each + $0) } }
        + [whole, whole, whole])
    #expect(progress.map(\.made) == Array(repeating: 0, count: 9) + [1, 2])
    #expect(progress.allSatisfy { $0.questions == whole && $0.total == 3 })
    let asked = [(EncoderRole.shadow, AuditGroup.shadow), (.target, .target)].flatMap { role, group in
      Membership.allCases.flatMap { membership in
        parts.map { AuditEvent.asked(role, group, membership, done: $0, of: FakeAudit.each) }
      }
    }
    #expect(
      events == asked + [
        .learning(attack: "EncoderMI-T (pair)", .exact), .control(.blind, .exact), .control(.blind, .exact),
      ])
  }
}
