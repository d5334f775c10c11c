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
      throw ReportError.unlike(folder: folder.path, first, count: check.disagreements.count)
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
    for metrics in results.attacks + results.controls {
      for (part, value) in NumberCheck.numbers(metrics) where !part.hasSuffix(".threshold") {
        guard let value, !(0...1).contains(value) else { continue }
        throw ReportError.noRate(folder: place, name: metrics.name, value: value)
      }
    }
    check = try NumberCheck(results, scores: scores, learned: read(.shadow), configuration)
  }

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
    guard !inside.isEmpty else { throw ReportError.noResults(folder.path) }
    return try inside.map { try AuditRecord($0) }
  }
}
