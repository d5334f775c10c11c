import Data
import Encoders
import Report
import Testing

@testable import Attack

@Suite struct ResultsTableTests {
  private static func finding(
    _ name: String, _ scores: MembershipScores, _ family: ControlFamily? = nil, swap: Swap? = nil
  ) -> Finding {
    Finding(
      name: name, attack: name, sets: [], family: family, knowledge: .imageOnly,
      outcome: AttackOutcome(target: scores), swap: swap)
  }

  /// With attacks beside EncoderMI-T, and controls beside the blind one.
  private func results(attacks: [Finding] = [], controls: [Finding] = []) throws -> AttackResults {
    let groups = MembershipGroups(
      members: (0..<200).map { Double($0) + 100 }, nonmembers: (0..<200).map(Double.init))
    let scores = try MembershipScores(groups, threshold: 150)
    func encoder(_ epochs: Int?) -> EncoderRecord {
      EncoderRecord(
        EncoderIdentity(name: "resnet18-64", fingerprint: "1"),
        EncoderFacts(algorithm: "moco", epochs: epochs, members: 250), views: (.moco, .pretraining))
    }
    let findings = AuditFindings(
      knowledge: .imageOnly, configuration: AttackConfiguration(), sets: [[.imageImage]],
      attacks: [ResultsTableTests.finding("EncoderMI-T", scores)] + attacks,
      controls: [ResultsTableTests.finding("blind", scores, .blind)] + controls, notes: [], isJoint: false,
      target: encoder(600), shadow: encoder(600), references: [], counts: SplitSizes(each: 200))
    return AttackResults(
      findings, utility: (target: .init(measure: "kNN accuracy", value: 0.413), shadow: nil), seeds: [:],
      versions: [:], dataFingerprints: [:])
  }

  @Test("each rate stands in percent with its interval, attacks before controls")
  func rows() throws {
    let table = try results().table
    #expect(table.rows.map { $0[0] } == ["EncoderMI-T", "control: blind"])
    #expect(table.rows[0][1] == "75.0 [70.5, 79.2]")
    // Two of 200 nonmembers are a rate of 1%.
    #expect(table.rows[0][5].hasPrefix("51.0 ["))
    #expect(!table.rows[0][5].contains("at"))
  }

  @Test("all lines of the table are of one width")
  func width() throws {
    let widths = Set(try results().table.text.split(separator: "\n").map(\.count))
    #expect(widths.count == 1)
  }

  @Test("controls on swapped captions stand in a table of their own, a row for each swap and classifier")
  func swapped() throws {
    let of = "EncoderMI-V (pair)"
    let scores = try MembershipScores(
      MembershipGroups(members: [1.0, 2, 3], nonmembers: [1.5, 2.5, 0]), threshold: 2)
    let results = try results(
      controls: SwappedCaptions.Reference.allCases.map {
        ResultsTableTests.finding(
          "of any name", scores, .swapped, swap: Swap(captions: .memberCaption, reference: $0, judge: of))
      })
    #expect(results.table.rows.map { $0[0] } == ["EncoderMI-T", "control: blind"])
    #expect(results.swappedTable.rows.map { $0[0...1] } == [["nonmember image, member caption", of]])
    #expect(results.swappedTable.rows[0][2] == results.swappedTable.rows[0][3])
    #expect(results.text.contains("judged by"))
    #expect(try !self.results().text.contains("judged by"))
  }

  @Test("a precision of nobody taken for a member is no number")
  func undefined() throws {
    let nobody = ResultsTableTests.finding(
      "timid",
      try MembershipScores(MembershipGroups(members: [1.0, 2], nonmembers: [0.0, 3]), threshold: 9.0))
    var results = try results()
    results.attacks.append(nobody.metrics)
    #expect(results.table.rows[1][0...2] == ["timid", "50.0 [6.8, 93.2]", "-"])
  }

  @Test("attacks on the same inputs stand beside the first: difference, unlike decisions, corrected p-values")
  func comparison() throws {
    let other = try MembershipScores(
      MembershipGroups(
        members: (0..<200).map { Double($0 * 7 % 200) + 60 }, nonmembers: (0..<200).map(Double.init)),
      threshold: 150)
    let results = try results(attacks: [
      ResultsTableTests.finding("calibrated image-image mean", other),
      ResultsTableTests.finding("EncoderMI-V (image-image)", other),
    ])
    let rows = results.comparisonTable.rows
    #expect(rows.map { $0[0] } == ["calibrated image-image mean", "EncoderMI-V (image-image)"])
    #expect(rows[0][1...] == rows[1][1...])
    #expect(rows[0][1].hasPrefix("-") && rows[0][1].contains(" [-") && rows[0][2] == "<.001")
    #expect(results.text.contains("on the same inputs, beside EncoderMI-T (p after Holm's correction):"))
    let lines = results.comparisonTable.text.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines[0].count)")
    #expect(try !self.results().text.contains("same inputs"))
  }

  @Test("where an interval or p is not defined, the table has no number")
  func undefinedDifference() throws {
    func constant(_ member: Double) throws -> MembershipScores {
      try MembershipScores(MembershipGroups(members: [member, member], nonmembers: [0, 0]), threshold: 1)
    }
    var results = try results()
    results.comparison = PairedComparison([("sure", try constant(1)), ("blind", try constant(0))])
    #expect(results.comparisonTable.rows == [["blind", "-50.0", "-", "0 : 2", "0.500"]])
  }

  @Test("the summary states T, N, T/N, utility and counts")
  func summary() throws {
    #expect(
      try results().summary
        == "T = 600 epochs, N = 250 members, T/N = 2.40, kNN accuracy 41.3%, "
        + "tested on 200 members and 200 nonmembers")
  }

  @Test("the shadow has a line of its own")
  func shadow() throws {
    let lines = try results().text.split(separator: "\n")
    #expect(lines.contains("shadow: T = 600 epochs, N = 250 members, T/N = 2.40"))
  }

  @Test("warnings follow the table")
  func warnings() throws {
    let text = try results().text
    #expect(text.contains("warning: control 'blind' beats chance"))
    #expect(text.contains("warning: 200 nonmembers cannot resolve a false positive rate of 0.1%"))
  }
}
