import Attack
import Experiments
import Files
import Foundation

/// A finished experiment as its folder holds it: its results, and those of its trials where they lie beside.
public struct FinishedExperiment: Sendable {
  /// `experiment.json`.
  public let results: StudyResults
  /// How many trials' numbers were computed anew from their scores.
  public let recomputed: Int
  /// Folders of trials that are not beside the results, so that what stands there of them is not checked.
  public let missing: [String]

  /// Results by themselves, without trials.
  init(_ results: StudyResults) {
    (self.results, recomputed) = (results, 0)
    missing = results.cells.flatMap { $0.trials.map(\.folder) }
  }

  /// Reads a folder, and checks that the numbers of the trials in it follow from their scores, and the experiment's from
  /// theirs; nil for a folder that is of no experiment.
  /// - Throws: `FileError`, `ConfigurationError`, `StudyError` or ``ReportError``.
  public init?(_ folder: URL) throws {
    guard Paths.isFile(folder.appending(path: StudyResults.fileName).path) else { return nil }
    results = try StudyResults.read(from: folder)
    let trials = results.cells.flatMap { $0.trials.map(\.folder) }
    missing = trials.filter { trial in
      !Paths.isFile(folder.appending(path: "\(trial)/\(AttackResults.fileName)").path)
    }
    recomputed = trials.count - missing.count
    var unlike: [NumberCheck.Disagreement] = []
    if let again = try StudyResults.again(in: folder) {
      for trial in again.cells.flatMap(\.trials) { _ = try AuditRecord(folder.appending(path: trial.folder)) }
      unlike = try FinishedExperiment.differences(results, again)
    } else {
      unlike = try FinishedExperiment.partly(results, in: folder, without: Set(missing))
    }
    if let first = unlike.first {
      throw ReportError.unlikeTrials(folder: folder.path, first, count: unlike.count)
    }
  }

  /// Where results do not follow from those trials that are there, or means and intervals not from the values by trial.
  private static func partly(_ results: StudyResults, in folder: URL, without missing: Set<String>) throws
    -> [NumberCheck.Disagreement]
  {
    var unlike: [NumberCheck.Disagreement] = []
    func compare(_ what: String, _ recorded: Double?, _ expected: Double?) {
      if let recorded, let expected, NumberCheck.areEqual(recorded, expected) { return }
      if recorded == nil && expected == nil { return }
      func words(_ value: Double?) -> String { value.map { "\($0)" } ?? "absent" }
      unlike.append(
        NumberCheck.Disagreement(
          file: StudyResults.fileName, what: excerpt(what), recorded: words(recorded),
          expected: words(expected)))
    }
    for cell in results.cells {
      let trials = try cell.trials.map { trial in
        missing.contains(trial.folder)
          ? nil : try AuditRecord(folder.appending(path: trial.folder)).results
      }
      for row in cell.attacks + cell.controls {
        let found = trials.map { trial in
          trial.map { trial in (trial.attacks + trial.controls).first { $0.name == row.name } }
        }
        let rates: [(String, TrialInterval?, (AttackMetrics) -> Double?)] = [
          ("accuracy", row.accuracy, { $0.accuracy.value }), ("recall", row.recall, { $0.recall.value }),
          ("precision", row.precision, { $0.precision?.value }), ("AUC", row.auc, { $0.auc.value }),
          ("TPR at 1% FPR", row.tprAt1PercentFPR, { $0.tprAt1PercentFPR.tpr.value }),
        ]
        for (name, interval, value) in rates {
          guard let interval else { continue }
          let what = "\(cell.name), \(row.name), \(name)"
          for (number, trial) in found.enumerated() where trial != nil {
            compare(
              "\(what), trial \(number + 1)", interval.values[number], trial.flatMap { $0 }.flatMap(value))
          }
          let again = TrialInterval(interval.values, within: 0...1)
          compare("\(what), mean", interval.summary.mean, again.summary.mean)
          compare(
            "\(what), standard deviation", interval.summary.standardDeviation, again.summary.standardDeviation
          )
          compare("\(what), low", interval.estimate?.low, again.estimate?.low)
          compare("\(what), high", interval.estimate?.high, again.estimate?.high)
        }
      }
    }
    return unlike
  }

  /// Where two results are unlike.
  private static func differences(_ recorded: StudyResults, _ again: StudyResults) throws
    -> [NumberCheck.Disagreement]
  {
    func tree(_ results: StudyResults) throws -> JSONValue {
      try JSONParser.parse(try Configuration.encode(results))
    }
    return try tree(recorded).differences(to: tree(again)).map {
      NumberCheck.Disagreement(
        file: StudyResults.fileName, what: excerpt($0.path), recorded: excerpt($0.one),
        expected: excerpt($0.other))
    }
  }
}

extension JSONValue {
  /// Where two documents differ, by path; numbers that differ in their last digits alone are the same, since libraries of
  /// mathematics differ in them.
  func differences(to other: JSONValue, at path: String = "") -> [(path: String, one: String, other: String)]
  {
    func below(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    switch (self, other) {
    case (.object(let one), .object(let two)):
      let keys = one.map(\.key) + two.map(\.key).filter { self[$0] == nil }
      return keys.flatMap { key -> [(path: String, one: String, other: String)] in
        switch (self[key], other[key]) {
        case (let one?, let two?): return one.differences(to: two, at: below(key))
        case (let one, let two): return [(below(key), one?.text ?? "absent", two?.text ?? "absent")]
        }
      }
    case (.array(let one), .array(let two)) where one.count == two.count:
      return zip(one, two).enumerated().flatMap { $1.0.differences(to: $1.1, at: below("\($0)")) }
    case (.number(let one), .number(let two)):
      if let one = Double(one), let two = Double(two), NumberCheck.areEqual(one, two) { return [] }
      return [(path, text, other.text)]
    default: return self == other ? [] : [(path, text, other.text)]
    }
  }
}
