import Data
import Encoders
import Testing

@testable import Attack

@Suite("Where there is no untrained encoder", .serialized) struct NonmembersControlTests {
  private func findings(_ leak: FakeEncoder.Leak, hasTwin: Bool) throws -> AuditFindings {
    try FakeAudit.findings(
      FakeAudit.subjects(leak, target: [.image], shadow: [.image], captions: nil, hasTwin: hasTwin))[0]
  }

  @Test(
    "A fresh ResNet-18 stands in, marked so, and nonmembers are set against nonmembers: all at chance",
    arguments: [.nothing, .image] as [FakeEncoder.Leak])
  func standIn(leak: FakeEncoder.Leak) throws {
    let findings = try findings(leak, hasTwin: false)
    let controls = findings.controls(.untrained)
    #expect(
      controls.map(\.name) == [
        "fresh ResNet-18 as untrained encoder (EncoderMI-V)",
        "fresh ResNet-18 as untrained encoder (EncoderMI-T)",
        "nonmembers against nonmembers (EncoderMI-V)", "nonmembers against nonmembers (EncoderMI-T)",
      ])
    expectChance(controls)
    #expect(findings.notes.map { $0.contains("the target and the shadow cannot be had untrained") } == [true])
    #expect(controls[2].scores.groups.map(\.count).members == FakeAudit.each / 4)
    // A table with a row for each input has no room for it.
    #expect(
      findings.scoreColumns.allSatisfy { $0.scores[.target]?[.member]?.count == FakeAudit.each })
  }

  @Test("No nonmember is in two of its four groups, which are alike in size and the same for one seed")
  func halves() {
    for count in [8, 9, 11, 250] {
      let halves = NonmembersControl.halves(of: count, seed: 3)
      let groups = halves.flatMap { [$0.members, $0.nonmembers] }
      #expect(groups.map(\.count) == [Int](repeating: count / 4, count: 4))
      #expect(
        Set(groups.joined()).count == 4 * (count / 4) && groups.joined().allSatisfy((0..<count).contains))
      #expect(NonmembersControl.halves(of: count, seed: 3) == halves)
      #expect(count < 250 || NonmembersControl.halves(of: count, seed: 4) != halves)
    }
  }

  @Test("An encoder that has an untrained twin needs neither")
  func twin() throws {
    let findings = try findings(.nothing, hasTwin: true)
    #expect(
      findings.controls(.untrained).map(\.name)
        == ["untrained encoder (EncoderMI-V)", "untrained encoder (EncoderMI-T)"])
    #expect(findings.notes.isEmpty)
  }

  @Test("Encoders of captions alone have no stand-in, and the note says so")
  func captions() throws {
    let findings = try FakeAudit.findings(
      FakeAudit.subjects(.nothing, target: [.text], shadow: [.text], hasTwin: false))[0]
    #expect(
      findings.controls(.untrained).allSatisfy { $0.attack.hasPrefix("nonmembers against nonmembers") })
    #expect(findings.notes.contains { $0.contains("no untrained encoders") })
    expectChance(findings.controls(.untrained))
  }

  @Test(
    "Swapped captions ask for nothing where no attack was chosen that could judge them",
    arguments: [["CSA"], nil] as [[String]?])
  func swapped(attacks: [String]?) throws {
    let subjects = try FakeAudit.subjects(.nothing)
    let change = { (configuration: inout AttackConfiguration) in configuration.attacks = attacks }
    let audit = FakeAudit.audited(FakeAudit.evidence(subjects, change), .exact, subjects, change)
    #expect((SwappedCaptionsControl().obstacle(in: audit) == nil) == (attacks == nil))
    let findings = try FakeAudit.findings(subjects, change)[0]
    #expect(findings.controls(.swapped).isEmpty == (attacks != nil))
  }

  @Test("Statistics of images are made once for all levels of knowledge")
  func once() throws {
    let subjects = try FakeAudit.subjects(.nothing)
    let evidence = FakeAudit.evidence(subjects)
    let first = try BlindImageControl().run(FakeAudit.audited(evidence, .exact, subjects), attacks: [])
    #expect(evidence.blindImages?.target.groups == first[0].scores.groups)
    let mark = try MembershipScores(MembershipGroups(members: [1.0], nonmembers: [0.0]), threshold: 0)
    evidence.blindImages = AttackOutcome(target: mark)
    let second = try BlindImageControl().run(FakeAudit.audited(evidence, .imageOnly, subjects), attacks: [])
    #expect(second[0].scores.groups == mark.groups && second[0].knowledge == .imageOnly)
  }
}
