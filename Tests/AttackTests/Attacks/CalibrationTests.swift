import Data
import Networks
import Testing

@testable import Attack

@Suite(.serialized) struct CalibrationTests {
  @Test("a calibrated score is the score less its mean over the encoders that did not see the input")
  func calibration() throws {
    let found = try Calibration.calibrated(
      [1, 2], by: [([0.5, 1], [false, true]), ([0.25, 0.5], [false, false])])
    #expect(found == [0.625, 1.5])
    #expect(throws: AttackError.seenByAll(inputs: ["b"])) {
      try Calibration.calibrated([1, 2], by: [([0, 0], [false, true])], inputs: ["a", "b"])
    }
    #expect(throws: AttackError.seenByAll(inputs: ["0"])) { try Calibration.calibrated([1], by: []) }
  }

  @Test("calibration finds members that differ less from nonmembers than inputs differ in difficulty")
  func difficulty() throws {
    var stream = RandomStream(seed: 8, name: "difficulty")
    func scores(_ gain: Float) throws -> (raw: [Float], calibrated: [Float]) {
      let difficulties = (0..<80).map { _ in stream.normal() }
      let raw = difficulties.map { $0 + gain + 0.02 * stream.normal() }
      let reference = difficulties.map { $0 + 0.02 * stream.normal() }
      return (
        raw, try Calibration.calibrated(raw, by: [(reference, [Bool](repeating: false, count: 80))])
      )
    }
    let (members, nonmembers) = (try scores(0.15), try scores(0))
    func area(_ members: [Float], _ nonmembers: [Float]) throws -> Double {
      try MembershipScores(MembershipGroups(members: members, nonmembers: nonmembers), threshold: 0).roc.area
    }
    #expect(try area(members.raw, nonmembers.raw) < 0.7)
    #expect(try area(members.calibrated, nonmembers.calibrated) > 0.99)
  }

  @Test("a calibrated attack takes the shadow's mean from the target's, and the target's from the shadow's")
  func attack() throws {
    let subjects = try FakeAudit.subjects(.pairing)
    let audit = FakeAudit.audited(FakeAudit.evidence(subjects), .exact, subjects)
    let outcome = try CalibratedAttack(.imageText).run(audit)
    func difference(_ group: AuditGroup, _ own: EncoderRole, _ other: EncoderRole) throws
      -> MembershipGroups<[Double]>
    {
      try audit.means(.imageText, of: group, by: own).zip(audit.means(.imageText, of: group, by: other)).map {
        zip($0, $1).map { Double(Float(Double($0) - Double($1))) }
      }
    }
    #expect(try outcome.target.groups == difference(.target, .target, .shadow))
    #expect(try outcome.shadow == difference(.shadow, .shadow, .target))
  }

  @Test("a reference that saw some of the inputs is left aside where there is another that saw none")
  func usable() throws {
    let subjects = try FakeAudit.subjects(.pairing)
    let (clean, partial) = (
      FakeEncoder(.nothing, members: [], seed: 8), FakeEncoder(.nothing, members: [], seed: 9)
    )
    let evidence = FakeAudit.evidence(subjects, others: [.reference(0): clean, .reference(1): partial])
    let first = subjects.target.audited.groups.members[0]
    let images = try #require(subjects.target.audited.images)
    let audit = AuditCase(
      evidence: evidence, configuration: FakeAudit.configuration(), knowledge: .exact, learner: .shadow,
      tested: .target,
      references: [
        AuditCase.Reference(role: .reference(0), seen: []),
        AuditCase.Reference(
          role: .reference(1), seen: [images.dataset.identity(of: first)]),
      ])
    #expect(audit.references(for: .target).map(\.role) == [.reference(0)])
    #expect(audit.references(for: .shadow).map(\.role) == [.reference(0), .reference(1)])
  }
}
