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
  @Test("Every number stands beside T, N, T/N, kNN accuracy and the paper's, in text and in Markdown")
  func numbers() throws {
    let results = SampleExperiment.results([try SampleExperiment.cell([("T", "100")], epochs: 100)])
    for text in [results.text, results.markdown] {
      for part in [
        "100", "1.00", "knn 40.0", "91.5", "0.8500", "0.2000", "CIFAR-10", "left out other: not at hand",
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
      try SampleExperiment.cell([("views", "as in pre-training, \($0)"), ("shared", "4 of 4")], epochs: 100)
    }
    let text = SampleExperiment.results(long).text
    #expect(text.split(separator: "\n").allSatisfy { PrintableText.columns(String($0)) <= 80 })
    #expect(text.contains("views, shared: as in pre-training, two 4 of 4\n"))
  }

  @Test("Cells on one axis of numbers have curves, on two a heat map for each attack, others none")
  func charts() throws {
    let line = SampleExperiment.results(
      try [50, 100, 200].map { try SampleExperiment.cell([("T", "\($0)")], epochs: $0) })
    #expect(line.charts.map(\.name) == ["accuracy", "similarities", "usefulness", "trade-off"])
    #expect(line.charts[3].description.contains("kNN accuracy of the target and EncoderMI-V at 50: 40 and "))
    #expect(line.charts[0].file.contains("<path class=\"first\" d=\"M56 "))
    let audits = SampleExperiment.results(line.cells, differsIn: ["audit.views"])
    #expect(audits.charts.map(\.name) == ["accuracy"])
    let grid = SampleExperiment.results(
      try [50, 100].flatMap { first in
        try [50, 100, 200].map {
          try SampleExperiment.cell([("pre-training", "\(first)"), ("shadow", "\($0)")], epochs: first)
        }
      })
    #expect(grid.charts.map(\.name) == ["heat-encodermi-v", "heat-encodermi-t"])
    #expect(grid.charts[0].file.components(separatedBy: "<rect").count == 7)
    #expect(
      SampleExperiment.results(
        try ["a", "b"].map { try SampleExperiment.cell([("metric", $0)], epochs: 10) }
      ).charts.isEmpty)
  }

  @Test("A chart's lines stand at round numbers that enclose all values")
  func ticks() {
    #expect(CurveChart.ticks([51, 66.4]) == [50, 55, 60, 65, 70])
    #expect(CurveChart.ticks([0.644, 0.825]) == [0.6, 0.65, 0.7, 0.75, 0.8, 0.85])
    #expect(CurveChart.ticks([7, 7]) == [7, 7.2, 7.4])
    #expect(CurveChart.ticks([-11.2, -10.4]) == [-11.2, -11, -10.8, -10.6, -10.4])
  }
}
