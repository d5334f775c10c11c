import Data
import Encoders
import Testing

@testable import Attack

/// Audits in which target and shadow cannot be asked about the same things.
@Suite(.serialized) struct ModalitiesTests {
  /// What a target and a shadow can be asked about.
  struct SharedImages: Sendable {
    let target: Set<Modality>
    let shadow: Set<Modality>
  }

  private static let imagesInCommon = [
    SharedImages(target: FakeAudit.both, shadow: [.image]),
    SharedImages(target: [.image], shadow: FakeAudit.both),
    SharedImages(target: [.image], shadow: [.image]),
  ]

  private func findings(
    _ leak: FakeEncoder.Leak, target: Set<Modality>, shadow: Set<Modality>,
    captions: [[String]]? = FakeAudit.captions(), attacks: [String]? = ["all"]
  ) throws -> AuditFindings {
    let found = try FakeAudit.findings(
      FakeAudit.subjects(leak, target: target, shadow: shadow, captions: captions)
    ) { $0.attacks = attacks }
    #expect(found.count == 1)
    return found[0]
  }

  @Test(
    "Encoders of images and captions against encoders of images are audited by the image alone, and what needs captions is named with the reason",
    arguments: ModalitiesTests.imagesInCommon)
  func withoutText(_ modalities: SharedImages) throws {
    let findings = try findings(.image, target: modalities.target, shadow: modalities.shadow)
    #expect(findings.knowledge == .imageOnly && findings.sets == [[.imageImage]])
    try findings.expect(
      found: ["EncoderMI-V", "EncoderMI-S", "EncoderMI-T", "calibrated image-image mean", "Baseline E"],
      chance: ["LpLA (image)", "Baseline D"])
    let others = AttackTable.entries(sets: [])
    let ofImages = others.filter { attack in
      attack.sets == [.imageImage] && !attack.needsDownstreamSet && !(attack is LikelihoodRatioAttack)
    }
    #expect(findings.attacks.count == 3 + ofImages.count)
    let without = modalities.target.contains(.text) ? "the shadow" : "the target"
    let notes = findings.notes.filter { $0.contains("text encoder") }
    #expect(
      notes == [
        "left out: EncoderMI-V, EncoderMI-S, EncoderMI-T (text-text; image-text; pair; all sets), "
          + others.filter { $0.sets.contains(where: \.usesCaption) }.map(\.name).joined(separator: ", ")
          + ": each needs a text encoder, and \(without) has none"
      ])
    #expect(findings.controls(.blind).map(\.name) == [BlindControl.name])
    #expect(findings.controls(.swapped).isEmpty)
    expectChance(findings.controls(.untrained) + findings.controls(.blind))
  }

  @Test("Encoders of images and captions whose data have no captions are audited by the image alone")
  func withoutCaptions() throws {
    let findings = try findings(.image, target: FakeAudit.both, shadow: FakeAudit.both, captions: nil)
    #expect(findings.knowledge == .imageOnly)
    try findings.expect(found: AuditFindings.names([.imageImage]), chance: ["LpLA (image)"])
    #expect(
      findings.notes.contains {
        $0.contains("CSA, AEA") && $0.hasSuffix("each needs captions, and the auditor holds none")
      })
  }

  @Test("Encoders of captions alone are audited by the caption alone")
  func withoutImages() throws {
    let findings = try findings(.caption, target: [.text], shadow: [.text])
    #expect(findings.knowledge == .captionOnly && findings.sets == [[.textText]])
    try findings.expect(
      found: AuditFindings.names([.textText]) + ["calibrated text-text mean"], chance: ["LpLA (caption)"])
    #expect(
      findings.notes.contains {
        $0.contains("CSA, AEA") && $0.hasSuffix("each needs an image encoder, and the target has none")
      })
    #expect(findings.controls(.blind).map(\.name) == [CaptionControl.name])
  }

  @Test("Where no attack is named, encoders of images get EncoderMI's three and no note")
  func usual() throws {
    let findings = try findings(.nothing, target: [.image], shadow: [.image], captions: nil, attacks: nil)
    #expect(findings.attacks.map(\.name) == ["EncoderMI-V", "EncoderMI-S", "EncoderMI-T"])
    #expect(findings.notes.isEmpty)
    #expect(
      findings.controls.map(\.name) == [
        "untrained encoder (EncoderMI-V)", "untrained encoder (EncoderMI-T)", BlindControl.name,
      ])
  }

  @Test("A level that an encoder or its data do not allow is refused with the reason, and nothing is asked")
  func refused() throws {
    let imageShadow = try FakeAudit.subjects(.nothing, shadow: [.image])
    #expect(
      throws: AttackError.noText("the shadow", knowledge: .exact, hasCaptions: true)
    ) { try FakeAudit.findings(imageShadow, levels: [.imageOnly, .exact]) }
    let noCaptions = try FakeAudit.subjects(.nothing, captions: nil)
    #expect(
      throws: AttackError.noText("the target", knowledge: .captionOnly, hasCaptions: false)
    ) { try FakeAudit.findings(noCaptions, levels: [.captionOnly]) }
    let textTarget = try FakeAudit.subjects(.nothing, target: [.text])
    #expect(throws: AttackError.noImages("the target", knowledge: .imageOnly)) {
      try FakeAudit.findings(textTarget, levels: [.imageOnly])
    }
    for subject in [imageShadow.target, imageShadow.shadow, noCaptions.target, textTarget.target] {
      #expect(subject.encoder.count == QuestionCount())
    }
  }

  @Test("Encoders that have nothing in common are refused")
  func nothingInCommon() throws {
    let subjects = try FakeAudit.subjects(.nothing, target: [.image], shadow: [.text])
    #expect(throws: AttackError.noImages("the shadow", knowledge: .imageOnly)) {
      try FakeAudit.findings(subjects)
    }
  }
}
