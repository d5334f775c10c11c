import Data
import Testing

@testable import Attack

@Suite(.serialized) struct AttackTableTests {
  private let entries = AttackTable.entries(sets: [[.imageText]])

  /// A case at each level of knowledge, in which nothing is asked, with a reference that a coin drew for.
  private func cases() throws -> [CaptionKnowledge: AuditCase] {
    let subjects = try FakeAudit.subjects(.nothing)
    let members = try FakeAudit.split().ensemble(1).members
    let images = try FakeAudit.images()
    let drawn = FakeEncoder(.nothing, members: members, seed: 9)
    let evidence = FakeAudit.evidence(subjects, others: [.reference(0): drawn])
    let reference = AuditCase.Reference(
      role: .reference(0), seen: Set(members.map { images.dataset.identity(of: $0) }), isDrawnByCoin: true)
    return Dictionary(
      uniqueKeysWithValues: CaptionKnowledge.allCases.map {
        ($0, FakeAudit.audited(evidence, $0, subjects, others: [reference]))
      })
  }

  @Test(
    "each attack of the table has a name of its own, by which it can be asked for, and can be made by somebody"
  )
  func table() throws {
    #expect(entries.map(\.name) == AttackTable.names)
    #expect(Set(AttackTable.names).count == AttackTable.names.count)
    #expect(!AttackTable.names.contains(AttackTable.all))
    let exact = try #require(try cases()[.exact])
    // Labelled images take an audit of their own; see the tests of those attacks.
    for attack in entries where !attack.needsDownstreamSet {
      #expect(attack.obstacle(in: exact) == nil, "\(attack.name)")
    }
  }

  @Test("EncoderMI's classifiers come on each list of feature sets, the others once")
  func sets() {
    let two = AttackTable.entries(sets: [[.imageImage], [.pair, .imageText]])
    #expect(
      two.compactMap { ($0 as? InferenceAttack)?.sets } == [
        [.imageImage], [.imageImage], [.imageImage], [.pair, .imageText], [.pair, .imageText],
        [.pair, .imageText],
      ])
    #expect(two.count == 6 + entries.count - 3)
  }

  @Test("no attack of the table asks for what the auditor does not hold")
  func knowledge() throws {
    let cases = try cases()
    for (knowledge, audit) in cases {
      for attack in entries where !attack.needsDownstreamSet {
        #expect(
          (attack.obstacle(in: audit) == nil) == Set(knowledge.featureSets).isSuperset(of: attack.sets),
          "\(attack.name) at \(knowledge)")
      }
      for attack in entries where attack.obstacle(in: audit) == nil {
        for need in attack.needs(in: audit) {
          let asksImage = !need.extract.pictureQuestions(audit.configuration).isEmpty
          let asksCaption = !need.extract.captionQuestions(audit.configuration).isEmpty
          #expect(knowledge.hasImage || !asksImage, "\(attack.name) at \(knowledge)")
          #expect(knowledge.hasCaption || !asksCaption, "\(attack.name) at \(knowledge)")
          #expect(
            need.extract.captionUse.map(\.holding) == (asksCaption ? knowledge.holding : nil),
            "\(attack.name) at \(knowledge)")
        }
      }
    }
  }

  @Test("each attack asks the target about its own inputs, and learns from the shadow's")
  func groups() throws {
    let audit = try #require(try cases()[.exact])
    for attack in entries where attack.obstacle(in: audit) == nil {
      let needs = Set(attack.needs(in: audit))
      #expect(
        !needs.isEmpty && needs.contains { $0.group == .target && $0.role == .target }, "\(attack.name)")
      #expect(needs.contains { $0.group == .shadow }, "\(attack.name)")
    }
  }

  @Test("a threshold that makes the fewest mistakes on the shadow decides on the target")
  func judged() throws {
    let outcome = try AttackOutcome(
      target: MembershipGroups(members: [0.7, 0.4], nonmembers: [0.6]),
      judgedBy: MembershipGroups(members: [0.5, 0.9], nonmembers: [0.1, 0.3]))
    #expect(
      outcome.target.groups
        == MembershipGroups(members: [0.7, 0.4].map { Double(Float($0)) }, nonmembers: [Double(Float(0.6))]))
    #expect(outcome.target.threshold > 0.3 && outcome.target.threshold <= 0.5)
    #expect(
      outcome.shadow
        == MembershipGroups(
          members: [0.5, Double(Float(0.9))], nonmembers: [Double(Float(0.1)), Double(Float(0.3))]))
    #expect(outcome.classifier == nil)
  }
}
