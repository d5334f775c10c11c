import Data
import Attack
import Report
import Testing

@Suite struct ResultsTableTests {
  private func results() throws -> AttackResults {
    let groups = MembershipGroups(
      members: (0..<200).map { Double($0) + 100 }, nonmembers: (0..<200).map(Double.init))
    let metrics = AttackMetrics(name: "EncoderMI-T", scores: try MembershipScores(groups, threshold: 150))
    return AttackResults(
      attacks: [metrics],
      controls: [AttackMetrics(name: "blind", scores: try MembershipScores(groups, threshold: 150))],
      counts: SplitSizes(each: 200),
      target: .init(
        epochs: 600, members: 250, utility: .init(measure: "kNN accuracy", value: 0.413),
        encoder: "resnet18-64", algorithm: "moco"),
      shadow: .init(epochs: 600, members: 250, encoder: "resnet18-64", algorithm: "moco"), seeds: [:],
      versions: [:], dataFingerprints: [:], encoderFingerprints: [:])
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
    var results = try results()
    let of = "EncoderMI-V (pair)"
    let scores = try MembershipScores(
      MembershipGroups(members: [1.0, 2, 3], nonmembers: [1.5, 2.5, 0]), threshold: 2)
    results.controls += ["nonmember pairs", "mismatched nonmembers"].map {
      AttackMetrics(name: "swapped: nonmember image, member caption, against \($0) (\(of))", scores: scores)
    }
    #expect(results.table.rows.map { $0[0] } == ["EncoderMI-T", "control: blind"])
    #expect(results.swappedTable.rows.map { $0[0...1] } == [["nonmember image, member caption", of]])
    #expect(results.swappedTable.rows[0][2] == results.swappedTable.rows[0][3])
    #expect(results.text.contains("judged by"))
    #expect(try !self.results().text.contains("judged by"))
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
