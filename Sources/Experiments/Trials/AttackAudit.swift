import Attack
import Data
import Files
import Foundation

/// An audit of which everything is kept, in the trial's folder `attack`: settings, classifiers, the score of every
/// input, results.
public struct AttackAudit: TrialAudit {
  /// How the target is audited.
  public let configuration: AttackConfiguration

  static let folderName = "attack"

  /// An audit by its settings.
  public init(_ configuration: AttackConfiguration = AttackConfiguration()) {
    self.configuration = configuration
  }

  /// The results in the folder, if they are of the same settings.
  public func kept(in folder: URL, of images: Images) throws -> AttackResults? {
    let place = folder.appending(path: AttackAudit.folderName)
    let file = place.appending(path: AttackResults.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let settings: AttackConfiguration = try Configuration.read(
      from: place.appending(path: AttackJob.configurationName))
    var wanted = configuration
    // What was held is written even where it was left open.
    wanted.knowledge = wanted.knowledge ?? settings.knowledge
    guard settings == wanted else { throw RunError.otherAudit(place.path) }
    return try AttackResults.read(from: place)
  }

  /// Refuses a folder `attack` that holds something else than results to go on with.
  public func requireRoom(in folder: URL, isResuming: Bool) throws {
    let place = folder.appending(path: AttackAudit.folderName)
    let results = place.appending(path: AttackResults.fileName)
    if isResuming && FileManager.default.fileExists(atPath: results.path) { return }
    try ResultsFolder.requireFree(place, isResuming: isResuming && ResultsFolder.isUnfinished(place))
  }

  /// Attacks, or goes on with the attack, and writes everything to `attack`.
  public func findings(
    of runs: AuditedRuns, in folder: URL, shouldStop: () -> Bool, report: (ExperimentEvent) -> Void
  ) throws -> AttackResults? {
    let place = folder.appending(path: AttackAudit.folderName)
    return try AttackJob(runs, configuration: configuration).run(
      in: place, isResuming: ResultsFolder.isUnfinished(place), shouldStop: shouldStop, report: report)?[0]
  }
}
