import Experiments
import Files
import Foundation

/// A finished experiment as its folder holds it: its results, and those of its trials where they lie beside.
public struct FinishedExperiment: Sendable {
  /// `experiment.json`.
  public let results: StudyResults
  /// How many trials' numbers were computed anew from their scores, and the experiment's from those; nil where not all of
  /// them, or no plan, are in the folder.
  public let recomputed: Int?

  /// Results by themselves, without trials.
  init(_ results: StudyResults) { (self.results, recomputed) = (results, nil) }

  /// Reads a folder, and where the trials are in it checks that their numbers follow from their scores, and the
  /// experiment's from theirs; nil for a folder that is of no experiment.
  /// - Throws: `FileError`, `ConfigurationError`, `StudyError` or ``ReportError``.
  public init?(_ folder: URL) throws {
    guard Paths.isFile(folder.appending(path: StudyResults.fileName).path) else { return nil }
    results = try StudyResults.read(from: folder)
    guard let again = try StudyResults.again(in: folder) else {
      recomputed = nil
      return
    }
    let places = again.cells.flatMap(\.trials).map { folder.appending(path: $0.folder) }
    for place in places { _ = try AuditRecord(place) }
    recomputed = places.count
    let unlike = try FinishedExperiment.differences(results, again)
    if let first = unlike.first {
      throw ReportError.unlikeTrials(folder: folder.path, first, count: unlike.count)
    }
  }

  /// Where two results are unlike, but for the versions that made them.
  private static func differences(_ recorded: StudyResults, _ again: StudyResults) throws
    -> [NumberCheck.Disagreement]
  {
    func tree(_ results: StudyResults) throws -> JSONValue {
      try JSONParser.parse(try Configuration.encode(results))
    }
    return try tree(recorded).differences(to: tree(again)).filter { !$0.path.hasPrefix("versions") }.map {
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
