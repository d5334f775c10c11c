import Data
import Testing

@testable import Attack

@Suite struct ScoreColumnTests {
  private func findings(_ change: (inout AttackConfiguration) -> Void = { _ in }) throws -> AuditFindings {
    try FakeAudit.findings(FakeAudit.subjects(.pairing)) {
      ($0.sets, $0.attacks) = ([[.pair]], [AttackTable.all])
      change(&$0)
    }[0]
  }

  @Test("Every attack and control has a column whose scores are its own, of target and shadow")
  func own() throws {
    let findings = try findings { $0.controls = [.untrained, .blind] }
    let columns = findings.scoreColumns
    #expect(columns.count == findings.attacks.count + findings.controls.count)
    for (column, finding) in zip(columns, findings.attacks + findings.controls) {
      #expect(column.threshold == finding.scores.threshold)
      for membership in Membership.allCases {
        #expect(column.scores[.target]?[membership] == finding.scores.groups[membership])
        #expect(column.scores[.shadow]?[membership] == finding.shadowScores?[membership])
      }
      // Attacks on known nonmembers, which are the shadow's, have nothing to say of its inputs.
      let knowsNonmembers = ["WSA", "gradient statistic", "RMIA", "quantile regression"].contains {
        finding.attack.hasPrefix($0)
      }
      #expect((finding.shadowScores == nil) == knowsNonmembers, "\(finding.name)")
    }
    #expect(columns.last?.title == "control: \(CaptionControl.name)")
    #expect(columns.contains { $0.title == "control: untrained encoders (EncoderMI-V pair)" })
  }

  @Test("Swapped pairs stand in the rows of the images that were shown, a column for each swap and judge")
  func swapped() throws {
    let findings = try findings {
      ($0.controls, $0.attacks) = ([.swapped], ["EncoderMI-T"])
    }
    let columns = findings.scoreColumns
    let judge = "(EncoderMI-T (pair))"
    #expect(
      columns.map(\.title) == [
        "EncoderMI-T (pair)", "control: swapped: member image nonmember caption \(judge)",
        "control: swapped: mismatched nonmembers \(judge)",
        "control: swapped: nonmember image member caption \(judge)",
        "control: swapped: member image another member's caption \(judge)",
      ])
    let shown: [Membership] = [.member, .nonmember, .nonmember, .member]
    for (column, membership) in zip(columns.dropFirst(), shown) {
      let scores = try #require(column.scores[.target])
      #expect(Set(scores.keys) == [membership] && scores[membership]?.count == FakeAudit.each)
      #expect(column.scores[.shadow] == [:])
    }
    let swap = findings.controls.filter {
      $0.swap?.captions == .memberCaption && $0.swap?.reference == .pairs
    }
    #expect(columns[3].scores[.target]?[.nonmember] == swap.first?.scores.groups.members)
    #expect(findings.attacks[0].scores.groups.nonmembers == swap.first?.scores.groups.nonmembers)
  }

  @Test("No title holds what a table of comma-separated values would quote")
  func titles() throws {
    for title in try findings().scoreColumns.map(\.title) {
      #expect(!title.contains { ",\"\n".contains($0) }, "\(title)")
    }
    let column = ScoreColumn(title: "a, \"b\"", threshold: 0, scores: [:])
    #expect(column.title == "a b")
  }
}
