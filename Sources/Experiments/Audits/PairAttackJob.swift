import Attack
import Data
import Files
import Foundation

/// One attack on an image and a text encoder, from two runs to a folder of results.
public struct PairAttackJob: Sendable {
  /// Who is attacked, and by means of whom.
  public let runs: AuditedRuns
  /// Runs whose encoders take from a score what is due to the input; the shadow if there are none.
  public let calibration: [Run]
  /// How the attack is made.
  public let configuration: PairAttackConfiguration

  /// The name of the file with the settings in a folder of results.
  public static let configurationName = "pair-attack.json"

  /// An attack by its parts.
  public init(_ runs: AuditedRuns, calibration: [Run] = [], configuration: PairAttackConfiguration) {
    (self.runs, self.calibration, self.configuration) = (runs, calibration, configuration)
  }

  /// What the attack finds at one level of knowledge after the other; of several, those that the data do not allow are
  /// left out.
  /// - Throws: an error of the runs, the images, the features or a classifier.
  func findings(
    levels: [CaptionKnowledge], report: (ExperimentEvent) -> Void
  ) throws -> [PairFindings] {
    for run in [runs.target, runs.shadow] + calibration where !run.usesCaptions {
      throw RunError.noCaptions(run.folder.url.path)
    }
    let attack = try PairAttack(configuration)
    let target = try audited(runs.target, .target, untrainedSeed: configuration.seed &+ 2)
    let shadow = try audited(runs.shadow, .shadow, untrainedSeed: configuration.seed &+ 1)
    let calibrating = try calibratingEncoders()
    let possible = levels.filter { level in
      let isPossible = level.isPossible(for: target) && level.isPossible(for: shadow)
      if !isPossible, levels.count > 1 { report(.leftOut(level)) }
      return isPossible || levels.count == 1
    }
    return try runs.namingFeatures {
      try attack.run(
        levels: possible, target: target, shadow: shadow,
        calibrating: calibrating.isEmpty ? [] : calibrating + [CalibratingEncoder(shadow)]
      ) { report(.doing($0)) }
    }
  }

  private func calibratingEncoders() throws -> [CalibratingEncoder] {
    let target = runs.target
    let tested = Set(target.groups(.target).pooled.map { target.images.fingerprint(of: $0) })
    return try calibration.map { run in
      let seen = Set(run.groups(run.description.role).members.map { run.images.fingerprint(of: $0) })
      let count = seen.intersection(tested).count
      guard count == 0 else { throw RunError.calibratedByMembers(run.folder.url.path, count: count) }
      return CalibratingEncoder(try run.clip(), seen: seen)
    }
  }

  private func audited(_ run: Run, _ role: EncoderRole, untrainedSeed: UInt64) throws -> AuditedPair {
    guard let captions = run.images.dataset.captions else { throw RunError.noCaptions(run.folder.url.path) }
    let encoder = try run.clip()
    return try AuditedPair(
      encoder, images: run.images, captions: captions, groups: run.groups(role),
      untrained: encoder.untrained(seed: untrainedSeed),
      trainedCaptions: run.settings.algorithm.clip?.captionsPerImage ?? 1)
  }

  /// Attacks, writes everything to the folder, and returns what was found at each level of knowledge that is possible:
  /// of several, each in a folder of its own.
  /// - Throws: an error of the runs, the images, the features or a classifier.
  public func run(
    levels: [CaptionKnowledge], in folder: URL, report: (ExperimentEvent) -> Void = { _ in }
  ) throws -> [AttackResults] {
    try runs.check()
    try ResultsFolder.requireFree(folder)
    return try ResultsFolder.occupying(folder) {
      let found = try findings(levels: levels, report: report)
      let results = try found.map(results)
      try replaceFolder(folder) { temporary in
        for (findings, results) in zip(found, results) {
          let name = findings.knowledge.rawValue
          try write(findings, results, to: found.count == 1 ? temporary : temporary.appending(path: name))
        }
      }
      return results
    }
  }

  private func write(_ findings: PairFindings, _ results: AttackResults, to folder: URL) throws {
    try makeFolder(folder)
    var settings = configuration
    settings.knowledge = findings.knowledge
    try Configuration.write(settings, to: folder.appending(path: PairAttackJob.configurationName))
    for run in findings.classifiers {
      let description = run.classifier.description
      // The kind and the feature sets, as in `vector-imageText`.
      let name = ([description.kind.rawValue] + description.features.kinds.map(\.rawValue)).joined(
        separator: "-")
      try run.classifier.write(to: folder.appending(path: "\(AttackJob.classifiersName)/\(name)"))
    }
    try ScoresFile.write(inputs: runs.inputNames, attacks: findings.scores, to: folder)
    try results.write(to: folder)
  }

  private func results(_ findings: PairFindings) throws -> AttackResults {
    let target = runs.target
    let encoders = (target: try target.encoder(), shadow: try runs.shadow.encoder())
    var fingerprints = ["target": encoders.target.fingerprint, "shadow": encoders.shadow.fingerprint]
    for (number, run) in calibration.enumerated() {
      fingerprints["calibration \(number + 1)"] = try run.encoder().fingerprint
    }
    var warnings: [String] = []
    if findings.knowledge.hasCaption, let captions = target.images.dataset.captions {
      let trained = Set(target.groups(.target).members.map { captions[$0][0] })
      let shared = target.groups(.target).nonmembers.count { trained.contains(captions[$0][0]) }
      if shared > 0 {
        warnings.append(
          "\(shared) nonmembers have the caption of a member, so for attacks on captions alone they are members too"
        )
      }
    }
    return findings.results(
      counts: runs.sizes, target: target.pretraining(encoders.target),
      shadow: runs.shadow.pretraining(encoders.shadow), seeds: runs.seeds(attack: configuration.seed),
      versions: Versions.all, dataFingerprints: runs.dataFingerprints, encoderFingerprints: fingerprints,
      warnings: warnings)
  }
}

extension PairFindings {
  /// The findings as rows of a comparison.
  func comparable(_ algorithm: String) -> [Comparison.Finding] {
    func finding(
      _ name: String, _ features: String, _ role: Comparison.Role, _ metrics: AttackMetrics
    ) -> Comparison.Finding {
      Comparison.Finding(
        algorithm: algorithm, features: features, attack: name, role: role, metrics: metrics)
    }
    func finding(_ run: AttackRun, _ role: Comparison.Role) -> Comparison.Finding {
      let description = run.classifier.description
      let name = role == .attack ? description.kind.name : AttackRun.untrainedName(description.kind)
      return finding(name, FeatureSet.name(of: description.features.kinds), role, run.metrics)
    }
    return classifiers.map { finding($0, .attack) }
      + baselines.map { finding($0.name, FeatureSet.name(of: $0.sets), .attack, $0.metrics) }
      + untrained.map { finding($0, .groupControl) }
      + blind.map { finding($0.name, "none", .groupControl, $0) }
      + swapped.map { finding($0.name, "swapped captions", .pairingControl, $0) }
  }
}
