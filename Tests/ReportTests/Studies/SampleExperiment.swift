import Attack
import Data
import Encoders
import Files
import Foundation

@testable import Experiments
@testable import Report

/// Experiments that nobody made.
enum SampleExperiment {
  static func metrics(_ name: String, shift: Double) throws -> AttackMetrics {
    AttackMetrics(name: name, scores: try MembershipScores(SampleAudit.shifted(by: shift), threshold: 60))
  }

  static func encoder(epochs: Int) -> EncoderRecord {
    EncoderRecord(
      EncoderIdentity(name: "resnet18-16 at 32 px", fingerprint: "f"),
      EncoderFacts(algorithm: "moco", epochs: epochs, members: 100), views: nil,
      utility: EncoderRecord.Utility(measure: "kNN accuracy", value: 0.4))
  }

  /// A cell of two trials with two attacks.
  static func cell(_ labels: [(String, String)], epochs: Int, attack: String = "EncoderMI-V") throws
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

  static func results(
    _ cells: [StudyResults.Cell], differsIn: [String] = ["target.stoppedAfter"],
    orderings: [StudyResults.Ordering] = []
  ) -> StudyResults {
    StudyResults(
      format: StudyResults.formatName, schema: StudyResults.schemaVersion, experiment: "some",
      title: "Some cells", source: "ours",
      scale: "quick", differsIn: differsIn, data: [:], cells: cells, orderings: orderings,
      skipped: [StudyRecord.Skipped(cell: "other", reason: "not at hand")], versions: [:])
  }

  /// Curves over the epochs, with the paper's numbers and an ordering, or heat maps of sizes.
  static func finished(isGrid: Bool = false) throws -> FinishedExperiment {
    guard isGrid else {
      let cells = try [50, 100, 200].map { try cell([("stopped after", "\($0)")], epochs: $0) }
      let claims = StudyClaim.accuracies(of: ["EncoderMI-V"], "200", over: "50")
      return FinishedExperiment(results(cells, orderings: try claims.compactMap { try .init($0, in: cells) }))
    }
    let cells = try [50, 100, 200].flatMap { first in
      try [50, 100, 200].map {
        try cell([("pre-training", "\(first)"), ("shadow", "\($0)")], epochs: first)
      }
    }
    return FinishedExperiment(results(cells))
  }
}
