import Attack
import Data
import Experiments
import Files
import Foundation

/// A finished audit as its folder holds it: results, scores of the inputs, settings.
public struct AuditRecord: Sendable {
  /// The folder's name.
  public let name: String
  /// `results.json`.
  public let results: AttackResults
  /// `scores.csv`.
  public let scores: RecordedScores
  /// `attack.json`.
  public let configuration: AttackConfiguration
  /// What was computed anew from the scores.
  public let check: NumberCheck
  /// The files themselves.
  let files: AuditFiles

  /// How many attacks and controls were computed anew from the scores.
  public var recomputed: Int { check.findings }

  /// Reads a folder, and checks that scores, settings and results belong together.
  /// - Throws: `FileError`, `ConfigurationError` or ``ReportError``.
  public init(_ folder: URL) throws {
    try self.init(AuditFiles(folder), name: Paths.name(folder.path))
    if let first = check.disagreements.first {
      throw ReportError.unlike(folder: folder.path, first, count: check.disagreeing)
    }
  }

  /// Reads files; where they disagree is in ``check``.
  /// - Throws: `ConfigurationError` or ``ReportError`` where they cannot be read, or are of other inputs.
  init(_ files: AuditFiles, name: String) throws {
    (self.files, self.name) = (files, name)
    let place = files.place
    results = try Configuration.decode(
      from: Data(files.results), file: "\(place)/\(AttackResults.fileName)", allowsNull: true)
    configuration = try Configuration.decode(
      from: Data(files.settings), file: "\(place)/\(AttackJob.configurationName)")
    func read(_ whose: AuditGroup) throws -> RecordedScores {
      let text = DelimitedText(bytes: files.scores, file: "\(place)/\(ScoresFile.name)", .csv)
      return try RecordedScores(text, of: whose)
    }
    scores = try read(.target)
    let (counted, found) = (results.counts.target, scores.inputs.map(\.count))
    guard counted == found, results.attacks.isEmpty || found.members > 0 && found.nonmembers > 0 else {
      throw ReportError.otherCounts(folder: place, recorded: counted, found: found)
    }
    try AuditRecord.requireRanges(results, place)
    check = try NumberCheck(results, scores: scores, learned: read(.shadow), configuration)
  }

  /// Refuses what no table or chart could show: rates outside 0...1, intervals that do not hold their value, names that are
  /// there twice, points without an order. What these numbers are is compared with the scores afterwards.
  private static func requireRanges(_ results: AttackResults, _ place: String) throws {
    func refuse(_ name: String, _ reason: String) -> ReportError {
      .impossible(folder: place, name: name, reason: reason)
    }
    func require(_ name: String, _ part: String, _ value: Estimate) throws {
      // The last digits of a value and its own interval's end may be rounded apart.
      let isOrdered =
        value.low <= value.high && value.low <= value.value + 1e-9 && value.value <= value.high + 1e-9
      guard (0...1).contains(value.low), (0...1).contains(value.high), isOrdered else {
        throw refuse(name, "\(part) is \(value.value) within \(value.low) to \(value.high)")
      }
    }
    var (names, columns): (Set<ExactText>, Set<ExactText>) = ([], [])
    let findings = results.attacks + results.controls
    guard findings.count <= mostFindings else {
      throw refuse("attacks and controls", "there are \(findings.count), more than \(mostFindings)")
    }
    for metrics in findings {
      let titles = RecordedScores.titles(metrics).joined(separator: "\n")
      guard names.insert(ExactText("\(metrics.family == nil) \(metrics.name)")).inserted,
        columns.insert(ExactText(titles)).inserted
      else { throw refuse(metrics.name, "it is there twice") }
      for (part, value) in [
        ("accuracy", metrics.accuracy), ("balancedAccuracy", metrics.balancedAccuracy),
        ("precision", metrics.precision), ("recall", metrics.recall), ("auc", metrics.auc),
        ("tprAt1PercentFPR", metrics.tprAt1PercentFPR.tpr),
        ("tprAt01PercentFPR", metrics.tprAt01PercentFPR.tpr),
      ] as [(String, Estimate?)] { try value.map { try require(metrics.name, part, $0) } }
      for (part, value) in [
        ("chanceOfArea", metrics.chanceOfArea), ("realisedFPR", metrics.tprAt1PercentFPR.realisedFPR),
        ("realisedFPR", metrics.tprAt01PercentFPR.realisedFPR),
      ] where !(0...1).contains(value) { throw refuse(metrics.name, "\(part) is \(value)") }
    }
    var queries: [ExactText: Int] = [:]
    for point in results.byQueries {
      try require(point.attack, "accuracy in byQueries", point.accuracy)
      try require(point.attack, "auc in byQueries", point.auc)
      let (before, most) = (
        queries[ExactText(point.attack)] ?? 1, max(results.views ?? 0, results.variants ?? 0)
      )
      guard point.queries > before, point.queries <= most else {
        throw refuse(
          point.attack,
          "byQueries has \(point.queries) questions after \(before), and at most \(most) were asked")
      }
      queries[ExactText(point.attack)] = point.queries
    }
    for utility in [results.target.utility, results.shadow?.utility] + results.references.map(\.utility) {
      if let utility, !(0...1).contains(utility.value) {
        throw refuse(utility.measure, "usefulness is \(utility.value)")
      }
    }
    for row in results.comparison?.attacks ?? [] {
      let parts = [row.auc.low, row.auc.high, row.auc.value].compactMap { $0 }
      guard parts.allSatisfy((-1...1).contains) else {
        throw refuse(row.name, "a difference of areas is \(parts)")
      }
    }
  }

  /// As many attacks and controls as are read.
  private static let mostFindings = 4096

  /// Reads the audits of a folder: its own, or one in each folder in it, as an audit at several levels of knowledge
  /// leaves them.
  /// - Throws: ``ReportError/noResults(_:)``, or as ``init(_:)``.
  public static func all(in folder: URL) throws -> [AuditRecord] {
    func hasResults(_ folder: URL) -> Bool {
      Paths.isFile(folder.appending(path: AttackResults.fileName).path)
    }
    if hasResults(folder) { return [try AuditRecord(folder)] }
    guard Paths.isFolder(folder.path) else { throw FileError.absent(file: folder.path) }
    let inside = try Paths.names(in: folder.path).map { folder.appending(path: $0) }.filter(hasResults)
    guard !inside.isEmpty else {
      let experiments = try Paths.names(in: folder.path).filter {
        Paths.isFile(folder.appending(path: "\($0)/\(StudyResults.fileName)").path)
      }
      throw ReportError.noResults(folder.path, experiments: experiments)
    }
    return try inside.map { try AuditRecord($0) }
  }
}
