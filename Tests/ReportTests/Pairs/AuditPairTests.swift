import Attack
import Data
import Foundation
import TestSupport
import Testing

@testable import Report

@Suite struct AuditPairTests {
  private func pair(_ before: SampleAudit, _ after: SampleAudit) throws -> AuditPair {
    try AuditPair(before: before.record(), after: after.record())
  }

  /// An audit in which the attacks find nothing.
  private var forgotten: SampleAudit {
    var audit = SampleAudit()
    audit.attacks = audit.attacks.map { ($0.name, SampleAudit.shifted(by: 0)) }
    return audit
  }

  @Test("what an encoder forgot is less by DeLong's test, on the same inputs")
  func less() throws {
    let pair = try pair(SampleAudit(), forgotten)
    #expect(PairVerdict(pair).answer == .less)
    #expect(PairVerdict(pair).headline.hasSuffix("it is not shown that it still reveals any."))
    let (first, record) = (pair.rows[0], try SampleAudit().record())
    #expect(first.before.auc == record.results.attacks[0].auc)
    #expect(first.difference.auc.value == first.after.auc.value - first.before.auc.value)
    #expect(try #require(first.difference.auc.high) < 0)
    #expect(PairVerdict(try self.pair(forgotten, SampleAudit())).answer == .more)
    #expect(PairVerdict(try self.pair(SampleAudit(), SampleAudit())).answer == .notShown)
  }

  @Test("where nothing varies there is no interval, and none is said to be below")
  func withoutInterval() throws {
    var (perfect, constant) = (SampleAudit(), SampleAudit())
    perfect.attacks = [("EncoderMI-V", SampleAudit.shifted(by: 200))]
    constant.attacks = [("EncoderMI-V", SampleAudit.shifted(by: 0).map { $0.map { _ in 1 } })]
    let verdict = PairVerdict(try pair(perfect, constant))
    #expect(verdict.answer == .notShown && verdict.sentences[0].contains("has no interval"))
    #expect(!verdict.sentences[0].contains("below"))
  }

  @Test("inputs are paired by name, whatever their order, and those in one alone are counted and left out")
  func paired() throws {
    var after = SampleAudit()
    // The same scores by name, in another order; one member and one nonmember have other names.
    after.inputs = SampleAudit().inputs.map { $0.reversed() }
    after.attacks = after.attacks.map { ($0.name, $0.scores.map { $0.reversed() }) }
    after.inputs.members[0] = "new.png"
    after.inputs.nonmembers[99] = "newer.png"
    let pair = try pair(SampleAudit(), after)
    #expect(pair.common == MembershipGroups(members: 99, nonmembers: 99))
    #expect(pair.onlyBefore == MembershipGroups(members: 1, nonmembers: 1))
    #expect(pair.rows.allSatisfy { $0.difference.auc.value == 0 && $0.difference.decisions.onlyAttack == 0 })
    #expect(PairVerdict(pair).sentences.contains { $0.contains("1 members and 1 nonmembers before") })
  }

  @Test("an input that is a member in one audit and a nonmember in the other is said, and not compared")
  func switched() throws {
    var after = SampleAudit()
    after.inputs.nonmembers[5] = "in/5.png"
    after.inputs.members[5] = "elsewhere.png"
    let pair = try pair(SampleAudit(), after)
    #expect(pair.switched == 1 && pair.common.members == 99)
    #expect(PairVerdict(pair).sentences.contains { $0.hasPrefix("1 inputs are a member in one audit") })
  }

  @Test("audits without an input in common are refused, attacks of one alone are named")
  func nothing() throws {
    var other = SampleAudit()
    other.inputs = other.inputs.map { $0.map { "else/\($0)" } }
    #expect(throws: ReportError.self) { try pair(SampleAudit(), other) }
    var fewer = SampleAudit()
    fewer.attacks.removeLast()
    #expect(try pair(SampleAudit(), fewer).leftOut == ["EncoderMI-T: it was made before alone"])
    #expect(try pair(fewer, SampleAudit()).leftOut == ["EncoderMI-T: it was made after alone"])
  }

  @Test("a control above chance in either audit leaves nothing to say")
  func doubtful() throws {
    var after = forgotten
    after.control = SampleAudit.shifted(by: 30)
    #expect(PairVerdict(try pair(SampleAudit(), after)).answer == .doubtful)
  }

  @Test("a rank is the share of nonmembers below, equals half")
  func ranks() throws {
    let groups = MembershipGroups<[Double]>(members: [0, 2, 9], nonmembers: [1, 2, 3, 4])
    let scores = try MembershipScores(groups, threshold: 1)
    #expect(MovementChart.ranks(scores).members == [0, 0.375, 1])
  }

  @Test("the page says the verdict first, and has both audits in full; anonymous it names no input or folder")
  func page() throws {
    let pair = try pair(SampleAudit(), forgotten)
    for isAnonymous in [false, true] {
      let page = try AuditPage(pair, isAnonymous: isAnonymous).html()
      let verdict = try #require(page.range(of: "After, the encoder reveals less"))
      #expect(verdict.lowerBound < page.range(of: "<table")?.lowerBound ?? page.startIndex)
      #expect(page.contains(".png") == !isAnonymous)
      let ids = page.matches(of: #/ id="([^"]*)"/#).map { String($0.output.1) }
      #expect(Set(ids).count == ids.count)
      #expect(ids.contains("audit-2") && ids.contains("before-and-after-movement-desc"))
    }
    #expect(pair.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}
