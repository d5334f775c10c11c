import Attack
import Contrastive
import Data
import Encoders
import Files
import Foundation

/// One audit from two runs to a folder of results: every attack and control that applies to them.
public struct AttackJob: Sendable {
  /// Who is attacked, and by means of whom.
  public let runs: AuditedRuns
  /// Further runs whose encoders take from a score what is due to the input; the shadow if there are none.
  public let calibration: [Run]
  /// How the audit is made.
  public let configuration: AttackConfiguration

  /// The name of the file with the settings in a folder of results.
  public static let configurationName = "attack.json"
  /// The name of the folder with the inference classifiers in a folder of results.
  static let classifiersName = "classifiers"

  /// An audit by its parts.
  public init(_ runs: AuditedRuns, calibration: [Run] = [], configuration: AttackConfiguration) {
    (self.runs, self.calibration, self.configuration) = (runs, calibration, configuration)
  }

  /// Both encoders with their groups, and the encoders that calibrate.
  private struct Subjects {
    let target: AuditSubject
    let shadow: AuditSubject
    let references: [AuditReference]
  }

  private func subjects() throws -> Subjects {
    func subject(_ run: Run, _ group: AuditGroup) throws -> AuditSubject {
      try AuditSubject(
        run.audited(), images: run.images, captions: run.images.dataset.captions, groups: run.groups(group))
    }
    let (target, shadow) = (try subject(runs.target, .target), try subject(runs.shadow, .shadow))
    let tested = Set(target.groups.pooled.map { target.images.dataset.identity(of: $0) })
    var references = try calibration.map { run in
      let seen = Set(run.groups(run.description.role).members.map { run.images.dataset.identity(of: $0) })
      let count = seen.intersection(tested).count
      guard count == 0 else { throw RunError.calibratedByMembers(run.folder.url.path, count: count) }
      return AuditReference(try run.audited(), seen: seen)
    }
    if !references.isEmpty {
      references.append(AuditReference(shadow.encoder, seen: shadow.memberPictures))
    }
    return Subjects(target: target, shadow: shadow, references: references)
  }

  /// Labelled images of the target's data set that are in no group of any of the runs; nil where no attack needs them or
  /// the data have no classes.
  private var downstream: DownstreamSet? {
    guard configuration.needsDownstreamSet else { return nil }
    let groups = ([runs.target, runs.shadow] + calibration).flatMap { run in
      (run.groups(.target).pooled + run.groups(.shadow).pooled).map { run.images.fingerprint(of: $0) }
    }
    return DownstreamSet.unused(
      of: runs.target.images, except: Set(groups), most: configuration.downstream.images,
      seed: configuration.seed)
  }

  /// What the audit finds at one level of knowledge after the other; of several, those that encoders or data do not
  /// allow are left out.
  /// - Parameter levels: nil for the configuration's, or all that is possible.
  /// - Throws: an error of the runs, the images, the features or a classifier.
  func findings(
    levels: [CaptionKnowledge]? = nil, report: (ExperimentEvent) -> Void
  ) throws -> [AuditFindings] { try found(subjects(), levels: levels, report: report) }

  private func found(
    _ subjects: Subjects, levels: [CaptionKnowledge]?, report: (ExperimentEvent) -> Void
  ) throws -> [AuditFindings] {
    var levels = levels
    if let asked = levels, asked.count > 1 {
      let obstacles = Audit.levels(target: subjects.target, shadow: subjects.shadow)
      levels = asked.filter { level in
        guard let obstacle = obstacles.first(where: { $0.knowledge == level })?.obstacle else { return true }
        report(.leftOut(level, obstacle.description))
        return false
      }
    }
    return try runs.namingFeatures {
      try Audit(configuration).run(
        levels: levels, target: subjects.target, shadow: subjects.shadow, references: subjects.references,
        downstream: downstream
      ) { report(.audit($0)) }
    }
  }

  /// Attacks, writes everything to the folder, and returns what was found at each level of knowledge that is possible:
  /// of several, each in a folder of its own.
  /// - Throws: an error of the runs, the images, the features or a classifier.
  public func run(
    levels: [CaptionKnowledge]? = nil, in folder: URL, report: (ExperimentEvent) -> Void = { _ in }
  ) throws -> [AttackResults] {
    try runs.check()
    try ResultsFolder.requireFree(folder)
    return try ResultsFolder.occupying(folder) {
      let subjects = try subjects()
      let found = try found(subjects, levels: levels, report: report)
      let results = try found.map { try self.results($0, subjects) }
      try replaceFolder(folder) { temporary in
        for (findings, results) in zip(found, results) {
          let name = findings.knowledge.rawValue
          try write(
            findings, results, subjects, to: found.count == 1 ? temporary : temporary.appending(path: name))
        }
      }
      return results
    }
  }

  private func write(
    _ findings: AuditFindings, _ results: AttackResults, _ subjects: Subjects, to folder: URL
  ) throws {
    try makeFolder(folder)
    var settings = configuration
    settings.knowledge = findings.knowledge
    try Configuration.write(settings, to: folder.appending(path: AttackJob.configurationName))
    for finding in findings.attacks {
      guard let classifier = finding.classifier else { continue }
      let name = AttackJob.name(of: classifier, findings)
      let place = folder.appending(path: "\(AttackJob.classifiersName)/\(name)")
      try classifier.write(to: place)
      try ClassifierRecipe(
        configuration: settings, shadow: subjects.shadow.encoder.identity,
        target: subjects.target.encoder.identity, measured: finding.metrics,
        doubts: AttackMetrics.aboveChance(
          findings.controls.filter { $0.family != .swapped }.map(\.metrics)
        ).map(\.name)
      ).write(to: place)
    }
    try ScoresFile.write(
      inputs: runs.inputNames, attacks: findings.attacks.map { ($0.name, $0.scores) }, to: folder)
    try results.write(to: folder)
  }

  /// A classifier's folder: its kind, and its feature sets where there are several, as in `vector-imageText`.
  private static func name(of classifier: any InferenceClassifier, _ findings: AuditFindings) -> String {
    let description = classifier.description
    let sets = findings.isJoint ? description.features.kinds.map(\.rawValue) : []
    return ([description.kind.rawValue] + sets).joined(separator: "-")
  }

  private func results(_ findings: AuditFindings, _ subjects: Subjects) throws -> AttackResults {
    var fingerprints = [
      "target": subjects.target.encoder.identity.fingerprint,
      "shadow": subjects.shadow.encoder.identity.fingerprint,
    ]
    for (number, reference) in subjects.references.prefix(calibration.count).enumerated() {
      fingerprints["calibration \(number + 1)"] = reference.encoder.identity.fingerprint
    }
    var warnings: [String] = []
    if findings.knowledge.hasCaption, let captions = subjects.target.captions {
      let groups = subjects.target.groups
      let trained = Set(groups.members.map { captions[$0][0] })
      let shared = groups.nonmembers.count { trained.contains(captions[$0][0]) }
      if shared > 0 {
        warnings.append(
          "\(shared) nonmembers have the caption of a member, so for attacks on captions alone they are members too"
        )
      }
    }
    return findings.results(
      counts: runs.sizes, target: try runs.target.pretraining(subjects.target.encoder),
      shadow: try runs.shadow.pretraining(subjects.shadow.encoder),
      seeds: runs.seeds(attack: configuration.seed),
      versions: Versions.all, dataFingerprints: runs.dataFingerprints, encoderFingerprints: fingerprints,
      warnings: warnings)
  }
}
