import Contrastive
import Data
import Encoders
import Networks
import TestSupport
import Testing

@testable import Attack

/// Audits without a shadow.
@Suite struct GroupsAuditTests {
  private func groups(captions: Bool = false) throws -> MembershipGroups<Population> {
    let (images, split) = (try FakeAudit.images(), try FakeAudit.split())
    return split.target.map { indices in
      Population(
        images, indices, captions: captions ? [.exact: indices.map { FakeAudit.captions()[$0][0] }] : [:])
    }
  }

  private func encoder(
    _ leak: FakeEncoder.Leak, modalities: Set<Modality> = [.image], hasTwin: Bool = true
  ) throws -> FakeEncoder {
    FakeEncoder(
      leak, members: try FakeAudit.split().target.members, seed: 1, modalities: modalities, hasTwin: hasTwin)
  }

  @Test(
    "An encoder that remembers images is told by its scores alone, its untrained twin and blind controls are at chance"
  )
  func leaks() throws {
    let encoder = try encoder(.image)
    let found = try FakeAudit.audit().run(withoutShadow: groups(), target: encoder)
    #expect(found.attacks.map(\.name) == ["EncoderMI-T"] && found.shadow == nil)
    #expect(found.attacks[0].metrics.auc.value > 0.95)
    #expect(
      found.controls.map(\.name)
        == ["untrained encoder (EncoderMI-T)", "blind within the groups (image statistics)"])
    expectChance(found.controls)
    #expect(found.counts.target.nonmembers == FakeAudit.each / 2 && found.counts.shadow.members == 0)
    #expect(found.errorRate.level == 0.05 && found.errorRate.calibrating == FakeAudit.each / 2)
    #expect(found.errorRate.groups == .given && found.errorRate.threshold == .knownNonmembers)
    #expect(found.questions[.target] == encoder.count && encoder.count.pictures == 2 * FakeAudit.each * 4)
    #expect(found.queriesPerInput.pictures == 4 && found.queriesPerInput.captions == 0)
  }

  @Test("Of pairs the mean over views and variants comes first, then those of one modality, CSA and AEA")
  func pairs() throws {
    let found = try FakeAudit.audit().run(
      withoutShadow: groups(captions: true), target: try encoder(.pairing, modalities: FakeAudit.both))
    #expect(
      found.attacks.map(\.name)
        == [
          "EncoderMI-T (image-text)", "EncoderMI-T (image-image)", "EncoderMI-T (text-text)", "CSA", "AEA",
        ])
    try found.expect(
      found: ["EncoderMI-T (image-text)", "CSA", "AEA"],
      chance: ["EncoderMI-T (image-image)", "EncoderMI-T (text-text)"])
  }

  @Test("Thresholds are those of the calibrating half, which is not tested")
  func thresholds() throws {
    let found = try FakeAudit.audit().run(withoutShadow: groups(), target: encoder(.image), level: 0.1)
    let attack = found.attacks[0]
    let known = try #require(attack.shadowScores?.nonmembers)
    #expect(attack.scores.threshold == (try ConformalTest(nonmembers: known).threshold(at: 0.1)))
    let halves = try #require(found.halves)
    #expect(Set(halves.calibrating + halves.tested) == Set(0..<FakeAudit.each))
    #expect(
      halves.calibrating.count == known.count && attack.scores.groups.nonmembers.count == halves.tested.count)
  }

  @Test(
    "With too few nonmembers for the level nobody is taken for a member, and the notes say how many are needed"
  )
  func tooFew() throws {
    let found = try FakeAudit.audit().run(withoutShadow: groups(), target: encoder(.image), level: 0.01)
    #expect(found.attacks[0].scores.predictedMembers(at: found.attacks[0].scores.threshold).members == 0)
    #expect(
      found.notes.contains { $0.contains("n + 1 < 1 / alpha") && $0.contains("198 nonmembers") },
      "\(found.notes)")
  }

  @Test("Attacks that learn are named with the reason, and are an error where nothing else is asked for")
  func learning() throws {
    let some = try FakeAudit.audit { $0.attacks = ["EncoderMI-V", "EncoderMI-T", "LpLA"] }
      .run(withoutShadow: groups(), target: encoder(.nothing))
    #expect(
      some.notes.contains { $0.contains("EncoderMI-V, LpLA (image)") && $0.contains("learns from a shadow") })
    let error = #expect(throws: AttackError.self) {
      try FakeAudit.audit { $0.attacks = ["EncoderMI-V"] }
        .run(withoutShadow: groups(), target: encoder(.nothing))
    }
    if case .nothingToMake = error {} else { Issue.record("\(String(describing: error))") }
  }

  @Test("Scores of inputs are those of the audit, whatever else is asked about")
  func scores() throws {
    let (groups, audit) = (try groups(), try FakeAudit.audit())
    let found = try audit.run(withoutShadow: groups, target: encoder(.image))
    let images = try FakeAudit.images()
    let some = Array(groups.members.indices.prefix(5).reversed())
    let scores = try audit.scores(
      "EncoderMI-T (image-image)", of: Population(images, some), by: encoder(.image))
    let expected = found.attacks[0].scores.groups.members.prefix(5).reversed()
    #expect(zip(scores, expected).allSatisfy { abs(Double($0) - $1) < 1e-6 })
  }

  @Test(
    "Copies are found by their embeddings where that is asked for, which asks about the plain pictures too")
  func nearEmbeddings() throws {
    let images = try FakeAudit.images()
    // Picture 300 is in both lists, as a copy that no check of pixels would know.
    let lists = MembershipGroups(
      members: Population(images, Array(0..<20) + [300]),
      nonmembers: Population(images, Array(100..<120) + [300]))
    for (cosine, words) in [(0.9999, "1 of 21 nonmembers have a member"), (nil, nil)] as [(Double?, String?)]
    {
      let encoder = try encoder(.nothing)
      let found = try FakeAudit.audit { $0.nearEmbeddings = cosine }.run(
        withoutShadow: lists, target: encoder)
      let note = found.notes.first { $0.contains("nonmembers have a member") }
      #expect(words.map { note?.contains($0) == true } ?? (note == nil), "\(found.notes)")
      #expect(encoder.count.pictures == 42 * (cosine == nil ? 4 : 5))
    }
  }

  @Test("An encoder that cannot be had untrained has a fresh ResNet-18 in its place, which is said")
  func standIn() throws {
    let found = try FakeAudit.audit().run(withoutShadow: groups(), target: encoder(.nothing, hasTwin: false))
    #expect(found.controls[0].name == "fresh ResNet-18 as untrained encoder (EncoderMI-T)")
    #expect(found.notes.contains { $0.contains("fresh ResNet-18 stands in") })
  }
}
