import Data
import Files
import Attack
import Foundation
import Report

/// One attack on image and text encoders, from two runs to a folder of results.
struct PairAttackJob {
  let target: Run
  let shadow: Run
  /// Runs whose encoders take from a score what is due to the input; the shadow if there are none.
  let calibration: [Run]
  let configuration: PairAttackConfiguration
  let folder: URL

  static let configurationName = "pair-attack.json"

  /// What the attack finds at one level of knowledge after the other.
  /// - Throws: an error of the runs, the images, the features or a classifier.
  func findings(levels: [CaptionKnowledge]? = nil, progress: Progress) throws -> [PairFindings] {
    for run in [target, shadow] + calibration where !run.isPair {
      throw RunError.noCaptions(run.folder.url.path)
    }
    let attack = try PairAttack(configuration)
    let audited = (
      target: try audited(target, .target, fresh: 2), shadow: try audited(shadow, .shadow, fresh: 1)
    )
    let tested = Set(target.groups(.target).pooled.map { target.data.images.fingerprint(of: $0) })
    let calibrating = try calibration.map { run in
      let seen = Set(run.groups(run.description.side).members.map { run.data.images.fingerprint(of: $0) })
      let count = seen.intersection(tested).count
      guard count == 0 else { throw RunError.calibratedByMembers(run.folder.url.path, count: count) }
      return CalibratingEncoder(try run.pair(), seen: seen)
    }
    defer { progress.finish() }
    do {
      return try attack.run(
        levels: (levels ?? [configuration.knowledge]).filter { level in
          let isPossible = level.isPossible(for: audited.target) && level.isPossible(for: audited.shadow)
          if !isPossible, levels?.count ?? 1 > 1 {
            warn(
              "\(level.rawValue) is left out: some images have no caption beside those that were trained on")
            return false
          }
          return true
        }, target: audited.target, shadow: audited.shadow,
        calibrating: calibrating.isEmpty ? [] : calibrating + [CalibratingEncoder(audited.shadow)]
      ) { progress.note($0) }
    } catch let error as FeatureError {
      throw RunError.noFeatures(
        target: target.folder.url.path, shadow: shadow.folder.url.path, reason: error.description)
    }
  }

  private func audited(_ run: Run, _ side: Side, fresh: UInt64) throws -> AuditedPair {
    guard let captions = run.data.captions else { throw RunError.noCaptions(run.folder.url.path) }
    let encoder = try run.pair()
    return try AuditedPair(
      encoder, images: run.data.images, captions: captions, groups: run.groups(side),
      untrained: encoder.untrained(seed: configuration.seed &+ fresh),
      trainedCaptions: run.settings.algorithm.clip?.captionsPerImage ?? 1)
  }

  /// Attacks, writes everything to the folder, and returns what was found at each level of knowledge that is possible.
  /// - Throws: an error of the runs, the images, the features or a classifier.
  func run(
    levels: [CaptionKnowledge], progress: Progress
  ) throws -> [(knowledge: CaptionKnowledge, results: AttackResults)] {
    let pairing = AttackJob(
      target: target, shadow: shadow, configuration: ImageAttackConfiguration(seed: configuration.seed),
      folder: folder)
    try pairing.checkRuns()
    try AttackJob.requireFree(folder)
    let release = try AttackJob.occupy(folder)
    defer { release() }
    let found = try findings(levels: levels, progress: progress)
    let results = try found.map(results)
    try replaceFolder(folder) { temporary in
      for (findings, results) in zip(found, results) {
        let place = found.count == 1 ? temporary : temporary.appending(path: findings.knowledge.rawValue)
        try makeFolder(place)
        var settings = configuration
        settings.knowledge = findings.knowledge
        try Configuration.write(settings, to: place.appending(path: PairAttackJob.configurationName))
        for run in findings.classifiers {
          try run.classifier.write(
            to: place.appending(path: "\(AttackJob.classifiersName)/\(PairAttackJob.folderName(run))"))
        }
        try ScoresFile.write(
          inputs: target.groups(.target).map { $0.map { target.data.images.name(of: $0) } },
          attacks: findings.scores, to: place)
        try results.write(to: place)
      }
    }
    return Array(zip(found.map(\.knowledge), results))
  }

  /// A classifier's folder: its kind and its feature sets, as in `vector-imageText`.
  private static func folderName(_ run: AttackRun) -> String {
    let description = run.classifier.description
    return ([description.kind.rawValue] + description.features.kinds.map(\.rawValue)).joined(separator: "-")
  }

  private func results(_ findings: PairFindings) throws -> AttackResults {
    let encoders = (target: try target.encoder(), shadow: try shadow.encoder())
    var fingerprints = ["target": encoders.target.fingerprint, "shadow": encoders.shadow.fingerprint]
    for (number, run) in calibration.enumerated() {
      fingerprints["calibration \(number + 1)"] = try run.encoder().fingerprint
    }
    var warnings: [String] = []
    if findings.knowledge.hasCaption, let captions = target.data.captions {
      let trained = Set(target.groups(.target).members.map { captions[$0][0] })
      let shared = target.groups(.target).nonmembers.count { trained.contains(captions[$0][0]) }
      if shared > 0 {
        warnings.append(
          "\(shared) nonmembers have the caption of a member, so for attacks on captions alone they are members too"
        )
      }
    }
    return findings.results(
      counts: SplitSizes(
        target: target.groups(.target).map(\.count), shadow: shadow.groups(.shadow).map(\.count)),
      target: target.pretraining(encoders.target), shadow: shadow.pretraining(encoders.shadow),
      seeds: [
        "attack": configuration.seed, "split": target.split.split.seed, "target": target.settings.seed,
        "shadow": shadow.settings.seed,
      ], versions: Versions.all,
      dataFingerprints: ["target": target.data.fingerprint, "shadow": shadow.data.fingerprint],
      encoderFingerprints: fingerprints,
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
