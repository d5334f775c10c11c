import Attack
import Data
import Files
import Foundation

/// One attack on an image encoder, from two runs to a folder of results.
public struct AttackJob: Sendable {
  /// Who is attacked, and by means of whom.
  public let runs: AuditedRuns
  /// How the attack is made.
  public let configuration: AttackConfiguration

  /// The name of the file with the settings in a folder of results.
  public static let configurationName = "attack.json"
  /// The name of the folder with the inference classifiers in a folder of results.
  static let classifiersName = "classifiers"

  /// An attack by its parts.
  public init(_ runs: AuditedRuns, configuration: AttackConfiguration) {
    (self.runs, self.configuration) = (runs, configuration)
  }

  /// A run's encoder with its groups.
  func audited(_ role: EncoderRole, epoch: Int? = nil) throws -> AuditedEncoder {
    let run = role == .target ? runs.target : runs.shadow
    return AuditedEncoder(try run.encoder(epoch: epoch), data: run.images, groups: run.groups(role))
  }

  /// Attacks, writes everything to the folder, and returns what was found.
  /// - Throws: an error of the runs, the images, the features or a classifier.
  public func run(
    in folder: URL, report: (ExperimentEvent) -> Void = { _ in }
  ) throws -> AttackResults {
    try runs.check()
    try ResultsFolder.requireFree(folder)
    return try ResultsFolder.occupying(folder) {
      let attack = try EncoderMI(configuration)
      let (target, shadow) = (try audited(.target), try audited(.shadow))
      let findings = try runs.namingFeatures {
        try attack.run(target: target, shadow: shadow) { report(.doing($0)) }
      }
      let results = AttackResults(
        attacks: findings.attacks.map(\.metrics), controls: findings.controls, counts: runs.sizes,
        target: runs.target.pretraining(target.encoder), shadow: runs.shadow.pretraining(shadow.encoder),
        seeds: runs.seeds(attack: configuration.seed), versions: Versions.all,
        dataFingerprints: runs.dataFingerprints,
        encoderFingerprints: ["target": target.encoder.fingerprint, "shadow": shadow.encoder.fingerprint])
      try replaceFolder(folder) { try write(findings, results, to: $0) }
      return results
    }
  }

  private func write(_ findings: EncoderMI.Findings, _ results: AttackResults, to folder: URL) throws {
    try Configuration.write(configuration, to: folder.appending(path: AttackJob.configurationName))
    for attack in findings.attacks {
      let kind = attack.classifier.description.kind.rawValue
      try attack.classifier.write(to: folder.appending(path: "\(AttackJob.classifiersName)/\(kind)"))
    }
    try ScoresFile.write(
      inputs: runs.inputNames, attacks: findings.attacks.map { ($0.name, $0.scores) }, to: folder)
    try results.write(to: folder)
  }

  /// What the attack finds on the images, as rows of a comparison.
  /// - Throws: an error of the images, the features or a classifier.
  func comparable(
    _ algorithm: String, report: (ExperimentEvent) -> Void
  ) throws -> [Comparison.Finding] {
    let found = try EncoderMI(configuration).run(
      target: audited(.target), shadow: audited(.shadow)
    ) { report(.doing($0)) }
    func finding(_ metrics: AttackMetrics, _ role: Comparison.Role) -> Comparison.Finding {
      Comparison.Finding(
        algorithm: algorithm, features: FeatureSet.imageImage.name, attack: metrics.name, role: role,
        metrics: metrics)
    }
    return found.attacks.map { finding($0.metrics, .attack) }
      + found.controls.map { finding($0, .groupControl) }
  }
}
