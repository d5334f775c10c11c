import Data
import Files
import Attack
import Foundation
import Report

/// One attack from two runs to a folder of results: what `attack` does, and `demo` at its end.
struct AttackJob {
  let target: Run
  let shadow: Run
  let configuration: ImageAttackConfiguration
  let folder: URL

  static let configurationName = "attack.json"
  static let classifiersName = "classifiers"

  /// - Throws: ``RunError`` if the two runs do not belong together.
  func checkRuns() throws {
    guard target.description.side == .target else {
      throw RunError.wrongSide(target.folder.url.path, expected: .target)
    }
    guard shadow.description.side == .shadow else {
      throw RunError.wrongSide(shadow.folder.url.path, expected: .shadow)
    }
    let overlap = self.overlap
    guard overlap == 0 else {
      throw RunError.overlap(count: overlap, target: target.folder.url.path, shadow: shadow.folder.url.path)
    }
  }

  /// How many of the shadow's images are among the target's: by place in one data set, which may hold a picture twice,
  /// or else by their pixels.
  private var overlap: Int {
    let groups = (target: target.groups(.target).pooled, shadow: shadow.groups(.shadow).pooled)
    if target.data.fingerprint == shadow.data.fingerprint {
      return Set(groups.target).intersection(groups.shadow).count
    }
    let tested = Set(groups.target.map { target.data.images.fingerprint(of: $0) })
    return groups.shadow.count { tested.contains(shadow.data.images.fingerprint(of: $0)) }
  }

  /// Checks, before anything is computed, that results can go into a folder: one that is empty or not there, or, for
  /// the growth, one with the results of an attack.
  static func requireFree(_ folder: URL, isGrowth: Bool = false) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let hasRoom = isGrowth && names.contains(configurationName) && !names.contains(Growth.fileName)
    guard names.isEmpty || hasRoom else { throw RunError.occupied(folder.path) }
  }

  /// Makes the folder, so that what cannot be written to is known before anything is computed.
  /// - Returns: what takes the folder away again where it was not there before and is still empty.
  static func occupy(_ folder: URL) throws -> () -> Void {
    let isNew = !FileManager.default.fileExists(atPath: folder.path)
    try makeFolder(folder)
    return { if isNew { rmdir(folder.path) } }
  }

  func audited(_ run: Run, _ side: Side, epoch: Int? = nil) throws -> AuditedImages {
    AuditedImages(try run.encoder(epoch: epoch), data: run.data.images, groups: run.groups(side))
  }

  /// Attacks, writes everything to the folder, and returns what was found.
  /// - Throws: an error of the runs, the images, the features or a classifier.
  func run(progress: Progress) throws -> AttackResults {
    try checkRuns()
    try AttackJob.requireFree(folder)
    let release = try AttackJob.occupy(folder)
    defer { release() }
    let attack = try EncoderMI(configuration)
    let audited = (target: try audited(target, .target), shadow: try audited(shadow, .shadow))
    defer { progress.finish() }
    let findings: EncoderMI.Findings
    do {
      findings = try attack.run(target: audited.target, shadow: audited.shadow) { progress.note($0) }
    } catch let error as FeatureError {
      throw RunError.noFeatures(
        target: target.folder.url.path, shadow: shadow.folder.url.path, reason: error.description)
    }
    let sizes = SplitSizes(
      target: target.groups(.target).map(\.count), shadow: shadow.groups(.shadow).map(\.count))
    let results = AttackResults(
      attacks: findings.attacks.map(\.metrics), controls: findings.controls, counts: sizes,
      target: target.pretraining(audited.target.encoder), shadow: shadow.pretraining(audited.shadow.encoder),
      seeds: [
        "attack": configuration.seed, "split": target.split.split.seed, "target": target.settings.seed,
        "shadow": shadow.settings.seed,
      ], versions: Versions.all,
      dataFingerprints: ["target": target.data.fingerprint, "shadow": shadow.data.fingerprint],
      encoderFingerprints: [
        "target": audited.target.encoder.fingerprint, "shadow": audited.shadow.encoder.fingerprint,
      ])
    try replaceFolder(folder) { try write(findings, results, to: $0) }
    return results
  }

  private func write(_ findings: EncoderMI.Findings, _ results: AttackResults, to folder: URL) throws {
    try Configuration.write(configuration, to: folder.appending(path: AttackJob.configurationName))
    for attack in findings.attacks {
      let kind = attack.classifier.description.kind.rawValue
      try attack.classifier.write(to: folder.appending(path: "\(AttackJob.classifiersName)/\(kind)"))
    }
    try ScoresFile.write(
      inputs: target.groups(.target).map { $0.map { target.data.images.name(of: $0) } },
      attacks: findings.attacks.map { ($0.name, $0.scores) }, to: folder)
    try results.write(to: folder)
  }
}
