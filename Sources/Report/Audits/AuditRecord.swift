import Attack
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
  /// How many attacks and controls were computed anew from the scores, and found to be as the results say.
  public let recomputed: Int

  /// Reads a folder, and checks that scores and results belong together.
  /// - Throws: `FileError`, `ConfigurationError` or ``ReportError``.
  public init(_ folder: URL) throws {
    name = Paths.name(folder.path)
    results = try AttackResults.read(from: folder)
    scores = try RecordedScores(folder.appending(path: ScoresFile.name))
    configuration = try Configuration.read(from: folder.appending(path: AttackJob.configurationName))
    let (counted, found) = (results.counts.target, scores.inputs.map(\.count))
    guard counted == found, results.attacks.isEmpty || found.members > 0 && found.nonmembers > 0 else {
      throw ReportError.otherCounts(folder: folder.path, recorded: counted, found: found)
    }
    for metrics in results.attacks + results.controls {
      // Where nothing was, -1 stands.
      for value in AuditRecord.numbers(metrics) where !(value == -1 || (0...1).contains(value)) {
        throw ReportError.noRate(folder: folder.path, name: metrics.name, value: value)
      }
    }
    var recomputed = 0
    for metrics in results.attacks + results.controls where metrics.swap == nil {
      guard let scores = try scores.scores(of: metrics) else { continue }
      let again = AttackMetrics(
        name: metrics.name, attack: metrics.attack, knowledge: metrics.knowledge, family: metrics.family,
        sets: metrics.sets, scores: scores)
      for (recorded, now) in zip(AuditRecord.numbers(metrics), AuditRecord.numbers(again))
      where abs(recorded - now) > 1e-9 {
        throw ReportError.otherNumbers(
          folder: folder.path, name: metrics.name, recorded: recorded, recomputed: now)
      }
      recomputed += 1
    }
    self.recomputed = recomputed
  }

  /// Everything that results say of an attack and that its scores determine.
  private static func numbers(_ metrics: AttackMetrics) -> [Double] {
    let estimates = [
      metrics.accuracy, metrics.balancedAccuracy, metrics.precision, metrics.recall, metrics.auc,
      metrics.tprAt1PercentFPR.tpr, metrics.tprAt01PercentFPR.tpr,
    ]
    return estimates.flatMap { [$0?.value, $0?.low, $0?.high].map { $0 ?? -1 } }
      + [
        metrics.chanceOfArea, metrics.tprAt1PercentFPR.realisedFPR, metrics.tprAt01PercentFPR.realisedFPR,
      ]
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
