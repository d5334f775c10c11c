import Attack
import Contrastive
import Data
import Encoders
import Files
import Foundation

/// One audit without a shadow, of an encoder by lists of the auditor's own, to a folder of results.
public struct GroupsJob {
  /// The lists.
  public let groups: GivenGroups
  /// The encoder under audit.
  public let encoder: any AuditedEncoder
  /// How the audit is made.
  public let configuration: AttackConfiguration
  /// At which thresholds are taken from known nonmembers, in (0, 1).
  public let level: Double

  /// An audit by its parts.
  public init(
    _ groups: GivenGroups, encoder: any AuditedEncoder, configuration: AttackConfiguration, level: Double
  ) {
    (self.groups, self.encoder, self.configuration, self.level) = (groups, encoder, configuration, level)
  }

  private struct Stopped: Error {}

  /// Asks a recorder in the encoder's place all that the audit would ask it.
  private func ask(_ recorder: QuestionRecorder, report: (ExperimentEvent) -> Void) throws {
    var settings = configuration
    // Encoders that have learned nothing are not asked for the answers of one that is elsewhere.
    settings.controls = []
    _ = try Audit(settings).run(withoutShadow: groups.populations, target: recorder) { report(.audit($0)) }
  }

  /// Audits, writes `results.json`, `scores.csv` and `attack.json` to the folder, and returns what was found. The
  /// nonmembers that gave thresholds stand in `scores.csv` where an attack by a shadow has the shadow's.
  /// - Parameters:
  ///   - isResuming: whether the folder holds this audit, begun and not ended.
  ///   - budget: how much the encoder may be asked, beside what the folder holds; nil for any amount.
  ///   - shouldStop: asked after each part of the inputs and before each attack.
  /// - Returns: nil if it was asked to stop.
  /// - Throws: as an attack with a shadow does.
  public func run(
    in folder: URL, isResuming: Bool = false, within budget: QuestionBudget? = nil,
    shouldStop: () -> Bool = { false }, report: (ExperimentEvent) -> Void = { _ in }
  ) throws -> AttackResults? {
    try ResultsFolder.occupying(folder, isResuming: isResuming) { kept in
      let findings: AuditFindings
      do {
        findings = try Audit(configuration).run(
          withoutShadow: groups.populations, target: encoder, level: level, keeping: kept, within: budget
        ) { event in
          report(.audit(event))
          if shouldStop() { throw Stopped() }
        }
      } catch is Stopped {
        return nil
      } catch let error as RecordedError {
        guard case .unanswered = error, let recorded = encoder as? RecordedAnswers else { throw error }
        // What was kept would be in the way of the next attempt, which says so if it could not be removed.
        if !isResuming { try? FileManager.default.removeItem(at: kept.folder) }
        throw try recorded.furtherQuestions { try ask($0, report: report) } ?? error
      }
      let results = AttackResults(
        findings, utility: (target: nil, shadow: nil), seeds: ["attack": configuration.seed],
        versions: Versions.all, dataFingerprints: ["target": groups.fingerprint], warnings: groups.warnings)
      try replaceFolder(folder) { temporary in
        try makeFolder(temporary)
        var settings = configuration
        settings.knowledge = findings.knowledge
        try Configuration.write(settings, to: temporary.appending(path: AttackJob.configurationName))
        let names = groups.names
        let halves = findings.halves
        func some(_ places: [Int]?) -> [String] { (places ?? []).map { names.nonmembers[$0] } }
        try ScoresFile.write(
          findings.scoreColumns,
          of: [
            .target: MembershipGroups(members: names.members, nonmembers: some(halves?.tested)),
            .shadow: MembershipGroups(members: [], nonmembers: some(halves?.calibrating)),
          ], to: temporary)
        try results.write(to: temporary)
      }
      return results
    }
  }

  /// Writes all that the audit would ask to a folder of questions.
  /// - Parameter profile: who is to answer.
  /// - Returns: the manifest.
  /// - Throws: ``RunError/occupied(_:)`` where the folder holds something, or an error as of an audit.
  public static func writeQuestions(
    _ groups: GivenGroups, for profile: EncoderProfile, configuration: AttackConfiguration, to folder: URL,
    report: (ExperimentEvent) -> Void = { _ in }
  ) throws -> QuestionManifest {
    try profile.validate()
    try ResultsFolder.requireFree(folder)
    var manifest: QuestionManifest?
    try replaceFolder(folder) { temporary in
      let recorder = try QuestionRecorder(for: profile, in: temporary)
      try GroupsJob(groups, encoder: recorder, configuration: configuration, level: 0.5)
        .ask(recorder, report: report)
      manifest = try recorder.finish()
    }
    guard let manifest else { preconditionFailure("GroupsJob.writeQuestions: nothing was written") }
    return manifest
  }
}
