import Experiments
import Files
import Foundation

/// What an experiment says in plain words, before any table: how many of the paper's orderings came out, and what that rests
/// on.
public struct StudyVerdict: Sendable, Equatable {
  /// How the orderings came out, in a sentence.
  public let headline: String
  /// Scale, trials and data, and what else must be known.
  public let sentences: [String]

  /// The verdict on an experiment.
  public init(_ experiment: FinishedExperiment) {
    let results = experiment.results
    func count(_ verdict: StudyResults.Ordering.Verdict) -> String {
      let count = results.orderings.count { $0.verdict == verdict }
      return count == 0 ? "none" : "\(count)"
    }
    let open = results.orderings.count { $0.verdict == .open }
    let all = results.orderings.count
    headline =
      all == 0
      ? "The paper orders nothing that these cells could show."
      : "Of \(all) ordering\(all == 1 ? "" : "s") that the paper found, \(count(.reproduced)) came out here too, "
        + "\(count(.contradicted)) the other way round, and \(count(.open)) \(open > 1 ? "are" : "is") open."
    let trials = results.cells.map(\.trials.count).max() ?? 0
    var sentences = [
      "\(results.title): \(results.cells.count) cell\(results.cells.count == 1 ? "" : "s") of \(trials) "
        + "trial\(trials == 1 ? "" : "s") each, at the scale \u{201C}\(results.scale)\u{201D}; \(results.source)."
    ]
    sentences += results.data.sorted { $0.key.rawValue < $1.key.rawValue }.map { source, data in
      let origin =
        data.hasTestPart ? "come from a part of their own" : "are drawn from where members are from"
      return "Data, \(source.rawValue): \(data.name); nonmembers \(origin)."
    }
    sentences.append(
      trials > 1
        ? "Intervals cover which inputs were drawn and how encoders turned out, since each trial has its own."
        : "With a single trial intervals cover which inputs were drawn, and not how encoders would turn out with other seeds."
    )
    if !experiment.missing.isEmpty && experiment.recomputed > 0 { sentences.append(experiment.gap) }
    sentences.append(
      "Each ordering is judged by itself, without a correction for how many there are.")
    self.sentences = sentences
  }
}

extension FinishedExperiment {
  /// That trials are missing, in a sentence.
  public var gap: String {
    "Of \(missing.count + recomputed) trials \(missing.count) \(missing.count == 1 ? "is" : "are") not in the experiment's "
      + "folder, so what stands here of \(missing.count == 1 ? "it" : "them") is not checked."
  }

  /// How it was done: scale, seeds, data, versions.
  var methodTable: ReportTable {
    var table = ReportTable(header: ["method", "value"])
    let seeds = results.cells.first?.trials.map { "\($0.seed)" } ?? []
    table.append(["experiment", results.experiment])
    table.append(["scale", results.scale])
    table.append(["seeds", seeds.joined(separator: ", ")])
    table.append([
      "cells differ in", results.differsIn.isEmpty ? "nothing" : results.differsIn.joined(separator: ", "),
    ])
    for (source, data) in results.data.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      table.append(["fingerprint of data, \(source.rawValue)", data.fingerprint])
    }
    for (name, version) in results.versions.sorted(by: { $0.key < $1.key }) {
      table.append(["version, \(name)", version])
    }
    table.append([
      "recomputed",
      missing.isEmpty
        ? "every number of this experiment from its \(recomputed) trial\(recomputed == 1 ? "" : "s"), and theirs from the scores of their inputs"
        : recomputed == 0
          ? "nothing: the trials are not in the experiment's folder"
          : "what stands here of \(recomputed) trials, and means and intervals from the values by trial; \(missing.count) "
            + "trial\(missing.count == 1 ? " is" : "s are") not in the experiment's folder: \(missing.joined(separator: ", "))",
    ])
    return table
  }

  /// What trials warn of, each with how many do.
  /// - Parameter isAnonymous: whether what they quote is left out.
  func warnings(isAnonymous: Bool) -> [String] {
    var counts: [(warning: String, trials: Int)] = []
    let trials = results.cells.flatMap(\.trials)
    for warning in trials.flatMap({ Set($0.warnings).sortedByBytes() }) {
      let text = isAnonymous ? AuditFiles.withoutNames(warning) : warning
      if let place = counts.firstIndex(where: { $0.warning.isExactly(text) }) {
        counts[place].trials += 1
      } else {
        counts.append((text, 1))
      }
    }
    return counts.map { "\($0.warning) (\($0.trials) of \(trials.count) trials)" }
  }

  /// What must be said of every experiment.
  static let limits = [
    "The paper's numbers are of other data, sizes and epochs: what can be compared are orderings, and how large "
      + "differences are beside their intervals.",
    "Members and nonmembers were tested in equal numbers. Where members are rarer, more of those that are taken for members "
      + "are none.",
  ]

  /// Every number of every attack and control in every trial as comma-separated values, with all digits.
  var numbers: String {
    let axes = results.cells.first?.labels.map(\.axis) ?? []
    let rates: [(String, (StudyResults.Row) -> [Double]?)] = [
      ("accuracy", \.accuracy.values), ("precision", { $0.precision?.values }), ("recall", \.recall.values),
      ("AUC", \.auc.values), ("AUC low", { $0.aucByTrial.map(\.low) }),
      ("AUC high", { $0.aucByTrial.map(\.high) }), ("TPR at 1% FPR", \.tprAt1PercentFPR.values),
    ]
    var text = DelimitedText.line(axes + ["seed", "name", "kind"] + rates.map(\.0), .csv)
    for cell in results.cells {
      let rows = cell.attacks.map { ($0, "attack") } + cell.controls.map { ($0, "control") }
      for (row, kind) in rows {
        for (place, trial) in cell.trials.enumerated() {
          let values = rates.map { rate in rate.1(row).map { "\($0[place])" } ?? "" }
          text += DelimitedText.line(
            cell.labels.map(\.value) + ["\(trial.seed)", row.name, kind] + values, .csv)
        }
      }
    }
    return text
  }

  /// The tables with the names of their files.
  var tables: [(name: String, table: ReportTable)] {
    [
      ("measures", results.measures), ("beside-paper", results.besidePaper),
      ("orderings", results.orderingTable), ("similarities", results.similarityTable),
      ("encoders", results.encoders), ("methods", methodTable),
    ].compactMap { name, table in table.map { (name, $0) } }
  }
}
