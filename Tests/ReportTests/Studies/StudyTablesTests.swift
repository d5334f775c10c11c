import Attack
import Data
import Encoders
import Files
import Foundation
import Testing

@testable import Experiments
@testable import Report

/// Tables and charts of experiments that nobody made.
@Suite struct StudyTablesTests {
  private func metrics(_ name: String, shift: Double) throws -> AttackMetrics {
    AttackMetrics(name: name, scores: try MembershipScores(SampleAudit.shifted(by: shift), threshold: 60))
  }

  private func encoder(epochs: Int) -> EncoderRecord {
    EncoderRecord(
      EncoderIdentity(name: "resnet18-16 at 32 px", fingerprint: "f"),
      EncoderFacts(algorithm: "moco", epochs: epochs, members: 100), views: nil,
      utility: EncoderRecord.Utility(measure: "kNN accuracy", value: 0.4))
  }

  /// A cell of two trials with two attacks.
  private func cell(_ labels: [(String, String)], epochs: Int, attack: String = "EncoderMI-V") throws
    -> StudyResults.Cell
  {
    let shifts = [Double(epochs) / 10, Double(epochs) / 5]
    func row(_ name: String, paper: PaperNumbers? = nil) throws -> StudyResults.Row {
      StudyResults.Row(try shifts.map { try metrics(name, shift: $0) }, paper: paper)
    }
    let encoders = [encoder(epochs: epochs), encoder(epochs: epochs)]
    return StudyResults.Cell(
      labels: labels.map { StudyCell.Label(axis: $0, value: $1) }, target: StudyResults.Encoder(encoders),
      shadow: StudyResults.Encoder(encoders),
      attacks: [
        try row(attack, paper: PaperNumbers("CIFAR-10", "x", attack, 91.5, 90, 93.5)), try row("EncoderMI-T"),
      ], controls: [try row("untrained encoder (EncoderMI-V)")],
      similarities: StudyResults.Similarities(
        members: TrialInterval([0.8, 0.9]), nonmembers: TrialInterval([0.6, 0.7])),
      trials: [0, 1].map { StudyResults.Trial(seed: $0, folder: "a/seed-\($0)", warnings: []) })
  }

  private func results(_ cells: [StudyResults.Cell], differsIn: [String] = ["target.stoppedAfter"])
    -> StudyResults
  {
    StudyResults(
      format: StudyResults.formatName, schema: 1, experiment: "some", title: "Some cells", source: "ours",
      scale: "quick", differsIn: differsIn, data: [:], cells: cells, orderings: [],
      skipped: [StudyRecord.Skipped(cell: "other", reason: "not at hand")], versions: [:])
  }

  @Test("Every number stands beside T, N, T/N, kNN accuracy and the paper's, in text and in Markdown")
  func numbers() throws {
    let results = results([try cell([("T", "100")], epochs: 100)])
    for text in [results.text, results.markdown] {
      for part in [
        "100", "1.00", "40.0", "91.5", "0.8500", "0.2000", "CIFAR-10", "left out other: not at hand",
      ] {
        #expect(text.lowercased().contains(part.lowercased()), "\(part)")
      }
      // Both trials' accuracies are means with a deviation.
      #expect(text.contains(results.cells[0].attacks[0].accuracy.summary.percent))
    }
    #expect(results.markdown.contains("| T | attack | accuracy | precision | recall | AUC |\n| --- | ---: |"))
  }

  @Test("Text fits into 80 columns: what is wider stands in blocks under its cell's name")
  func narrow() throws {
    let long = try ["one", "two"].map {
      try cell([("views", "as in pre-training, \($0)"), ("shared", "4 of 4")], epochs: 100)
    }
    let text = results(long).text
    #expect(text.split(separator: "\n").allSatisfy { PrintableText.columns(String($0)) <= 80 })
    #expect(text.contains("views, shared: as in pre-training, two 4 of 4\n"))
  }

  @Test("Cells on one axis of numbers have curves, on two a heat map for each attack, others none")
  func charts() throws {
    let line = results(try [50, 100, 200].map { try cell([("T", "\($0)")], epochs: $0) })
    #expect(line.charts.map(\.name) == ["accuracy", "similarities", "usefulness"])
    #expect(line.charts[0].file.contains("<path class=\"first\" d=\"M56 "))
    let audits = results(line.cells, differsIn: ["audit.views"])
    #expect(audits.charts.map(\.name) == ["accuracy"])
    let grid = results(
      try [50, 100].flatMap { first in
        try [50, 100, 200].map {
          try cell([("pre-training", "\(first)"), ("shadow", "\($0)")], epochs: first)
        }
      })
    #expect(grid.charts.map(\.name) == ["heat-encodermi-v", "heat-encodermi-t"])
    #expect(grid.charts[0].file.components(separatedBy: "<rect").count == 7)
    #expect(results(try ["a", "b"].map { try cell([("metric", $0)], epochs: 10) }).charts.isEmpty)
  }

  @Test("A chart's lines stand at round numbers that enclose all values")
  func ticks() {
    #expect(CurveChart.ticks([51, 66.4]) == [50, 55, 60, 65, 70])
    #expect(CurveChart.ticks([0.644, 0.825]) == [0.6, 0.65, 0.7, 0.75, 0.8, 0.85])
    #expect(CurveChart.ticks([7, 7]) == [7, 7.2, 7.4])
    #expect(CurveChart.ticks([-11.2, -10.4]) == [-11.2, -11, -10.8, -10.6, -10.4])
  }
}
