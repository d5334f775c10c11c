import Attack
import Contrastive
import Foundation
import Networks
import Report
import Vision

/// One attack from two runs to a folder of results: what `attack` does, and `demo` at its end.
struct AttackJob {
  let target: Run
  let shadow: Run
  let configuration: AttackConfiguration
  let folder: URL

  static let configurationName = "attack.json"
  static let classifiersName = "classifiers"

  /// - Throws: ``RunError`` if the two runs do not belong together.
  func check() throws {
    guard target.description.side == .target else {
      throw RunError.wrongSide(target.folder.url.path, expected: .target)
    }
    guard shadow.description.side == .shadow else {
      throw RunError.wrongSide(shadow.folder.url.path, expected: .shadow)
    }
    let tested = Set(target.groups(.target).pooled.map { target.data.fingerprint(of: $0) })
    let seen = shadow.groups(.shadow).pooled.filter { tested.contains(shadow.data.fingerprint(of: $0)) }
    guard seen.isEmpty else {
      throw RunError.overlap(
        count: seen.count, target: target.folder.url.path, shadow: shadow.folder.url.path)
    }
    guard !FileManager.default.fileExists(atPath: folder.appending(path: AttackResults.fileName).path) else {
      throw RunError.occupied(folder.path)
    }
  }

  func audited(_ run: Run, _ side: Side, epoch: Int? = nil) throws -> AuditedEncoder {
    AuditedEncoder(try run.encoder(epoch: epoch), data: run.data, groups: run.groups(side))
  }

  /// Attacks, writes everything to the folder, and returns what was found.
  /// - Throws: an error of the runs, the images, the features or a classifier.
  func run(progress: Progress) throws -> AttackResults {
    try check()
    let attack = try EncoderMI(configuration)
    let audited = (target: try audited(target, .target), shadow: try audited(shadow, .shadow))
    let findings = try attack.run(target: audited.target, shadow: audited.shadow) { progress.note($0) }
    progress.finish()
    let sizes = SplitSizes(
      target: target.groups(.target).map(\.count), shadow: shadow.groups(.shadow).map(\.count))
    let results = AttackResults(
      attacks: findings.attacks.map(\.metrics), controls: findings.controls, counts: sizes,
      target: target.pretraining(audited.target.encoder), shadow: shadow.pretraining(audited.shadow.encoder),
      seeds: ["attack": configuration.seed, "split": target.split.split.seed], versions: Versions.all,
      dataFingerprints: ["target": target.data.fingerprint, "shadow": shadow.data.fingerprint])
    try makeFolder(folder)
    try Configuration.write(configuration, to: folder.appending(path: AttackJob.configurationName))
    for attack in findings.attacks {
      let kind = attack.classifier.description.kind.rawValue
      try attack.classifier.write(to: folder.appending(path: "\(AttackJob.classifiersName)/\(kind)"))
    }
    try ScoresFile.write(
      inputs: target.groups(.target).map { $0.map { target.data.name(of: $0) } },
      attacks: findings.attacks.map { ($0.name, $0.scores) }, to: folder)
    // Last, because its presence says that the rest is there.
    try results.write(to: folder)
    return results
  }
}
