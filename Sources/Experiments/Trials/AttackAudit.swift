import Data
import Attack
import Data
import Files
import Foundation

/// An audit of which everything is kept, in the trial's folder `attack`: settings, classifiers, the score of every
/// input, results.
public enum AttackAudit: Audit {
  /// Image encoders are attacked.
  case images(AttackConfiguration)
  /// Encoders trained with captions are attacked, with what the configuration says that the auditor holds.
  case pairs(PairAttackConfiguration)

  private static let folderName = "attack"

  /// The results in the folder, if they are of the same settings.
  public func kept(in folder: URL, of images: Images) throws -> AttackResults? {
    let place = folder.appending(path: AttackAudit.folderName)
    let file = place.appending(path: AttackResults.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    func read<Settings: Codable>(_ name: String) throws -> Settings {
      try Configuration.read(from: place.appending(path: name))
    }
    let isSame =
      switch self {
      case .images(let settings): try read(AttackJob.configurationName) == settings
      case .pairs(let settings): try read(PairAttackJob.configurationName) == settings
      }
    guard isSame else { throw RunError.otherAudit(place.path) }
    return try AttackResults.read(from: place)
  }

  /// Refuses a folder `attack` that holds something else than results to go on with.
  public func requireRoom(in folder: URL, isResuming: Bool) throws {
    let place = folder.appending(path: AttackAudit.folderName)
    let results = place.appending(path: AttackResults.fileName)
    if isResuming && FileManager.default.fileExists(atPath: results.path) { return }
    try ResultsFolder.requireFree(place)
  }

  /// Attacks, and writes everything to `attack`.
  public func findings(
    of runs: AuditedRuns, in folder: URL, report: (ExperimentEvent) -> Void
  ) throws -> AttackResults {
    let place = folder.appending(path: AttackAudit.folderName)
    switch self {
    case .images(let configuration):
      return try AttackJob(runs, configuration: configuration).run(in: place, report: report)
    case .pairs(let configuration):
      return try PairAttackJob(runs, configuration: configuration).run(
        levels: [configuration.knowledge], in: place, report: report)[0]
    }
  }
}
