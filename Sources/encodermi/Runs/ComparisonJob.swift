import Data
import Files
import Attack
import Contrastive
import Foundation
import Report

/// A comparison from data to a folder of results; whatever of it is done already is not done again.
struct ComparisonJob {
  let settings: ComparisonSettings
  let folder: URL

  /// What one algorithm gave with one seed: the file that says it is done.
  private struct Part: Codable {
    var findings: [Comparison.Finding]
    var utilities: [AttackResults.Utility]
    var notes: [String]
    /// Of the images and captions it was made with.
    var dataFingerprint: String
    /// Of the images with classes, if there were any.
    var labelledFingerprint: String?

    static let fileName = "findings.json"
  }

  /// Checks that the folder is free, or holds the same comparison where one is to go on.
  /// - Throws: ``RunError/occupied(_:)``, or ``ComparisonError``.
  func check(isResuming: Bool) throws {
    let file = folder.appending(path: ComparisonSettings.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else {
      if isResuming { throw ComparisonError.nothingToResume(folder.path) }
      return try AttackJob.requireFree(folder)
    }
    guard isResuming else { throw RunError.occupied(folder.path) }
    guard try Configuration.read(ComparisonSettings.self, from: file) == settings else {
      throw ComparisonError.otherSettings(folder.path)
    }
  }

  /// Trains, attacks and compares; nil if it was interrupted.
  /// - Throws: an error of data, training or attack; what was done until then stays.
  func run(isResuming: Bool) throws -> Comparison? {
    try check(isResuming: isResuming)
    let data = try RunData.open(settings.data, .pairs(settings.options))
    guard let captions = data.captions else { throw RunError.noCaptions(settings.data) }
    let labelled = try settings.labelled.map { try LabelledImages.open($0, imageSize: data.images.height) }
    // What the data are too few for is known before anything is written.
    let splits = try settings.seeds.map {
      try Split(count: data.count, sizes: SplitSizes(each: settings.members), seed: $0)
    }
    for split in splits { _ = try labelled?.unseen(data.images.subset(split.target.members)) }
    try makeFolder(folder)
    try Configuration.write(settings, to: folder.appending(path: ComparisonSettings.fileName))
    let tokenizer = try ChosenTokenizer(
      trainedOn: captions, vocabulary: settings.text.vocabularySize,
      contextLength: settings.text.contextLength)
    var trials: [Comparison.Trial] = []
    for (seed, split) in zip(settings.seeds, splits) {
      var (findings, utilities): ([Comparison.Finding], [Comparison.Utility]) = ([], [])
      var notes: [String] = []
      let material = Material(data: data, split: split, tokenizer: tokenizer, labelled: labelled)
      for algorithm in ComparisonSettings.algorithms {
        guard let part = try part(algorithm, seed: seed, material) else { return nil }
        findings += part.findings
        utilities += part.utilities.map { Comparison.Utility(algorithm: algorithm, measured: $0) }
        notes += part.notes.map { "\(algorithm): \($0)" }
      }
      trials.append(
        Comparison.Trial(seed: seed, findings: findings, utilities: utilities, notes: notes))
    }
    let comparison = Comparison(
      trials, epochs: settings.epochs, members: settings.members, batch: settings.batch,
      origin: Comparison.Origin(
        imageEncoder: "\(settings.encoder.name) at \(settings.encoder.imageSize) px",
        textEncoder: settings.text.name, dataFingerprint: data.fingerprint,
        labelledFingerprint: labelled?.fingerprint, versions: Versions.all))
    try Configuration.write(comparison, to: folder.appending(path: Comparison.fileName))
    try atomicWrite(Data((comparison.text + "\n").utf8), to: folder.appending(path: "comparison.txt"))
    return comparison
  }

  /// What one seed's algorithms share.
  private struct Material {
    let data: RunData
    let split: Split
    let tokenizer: ChosenTokenizer
    let labelled: LabelledImages?
  }

  private func part(_ algorithm: String, seed: UInt64, _ material: Material) throws -> Part? {
    let data = material.data
    let place = folder.appending(path: "seed-\(seed)/\(algorithm)")
    let file = place.appending(path: Part.fileName)
    if FileManager.default.fileExists(atPath: file.path) {
      let part: Part = try Configuration.read(from: file)
      guard
        part.dataFingerprint == data.fingerprint,
        part.labelledFingerprint == material.labelled?.fingerprint
      else { throw ComparisonError.otherData(folder.path) }
      return part
    }
    var runs: [Run] = []
    for side in Side.allCases {
      let configuration = settings.pretraining(
        algorithm, seed: 2 &* seed &+ (side == .target ? 0 : 1), tokenizer: material.tokenizer.tokenizer)
      let job = PretrainingJob(
        data: data,
        description: RunDescription(
          data: settings.data, options: .pairs(settings.options), side: side, imageSize: data.images.height),
        split: material.split, configuration: configuration,
        folder: RunFolder(place.appending(path: side.rawValue)),
        tokenizer: configuration.algorithm.clip == nil ? nil : material.tokenizer)
      let begun = FileManager.default.fileExists(atPath: job.folder.configuration.path)
      let progress = Progress("seed \(seed), \(algorithm), \(side.rawValue)")
      if case .interrupted = try job.run(isResuming: begun, progress: progress) { return nil }
      runs.append(try Run.open(job.folder.url.path, opened: data))
    }
    let (target, shadow) = (runs[0], runs[1])
    let progress = Progress("seed \(seed), \(algorithm), attack")
    defer { progress.finish() }
    let (findings, notes) =
      target.isPair
      ? try pairFindings(algorithm, target, shadow, seed: seed, progress)
      : (try imageFindings(algorithm, target, shadow, seed: seed, progress), [])
    var utilities = [target.utility()].compactMap { $0 }
    if let labelled = material.labelled {
      utilities.append(
        try labelled.utility(
          of: target.encoder(), trainedOn: data.images.subset(material.split.target.members)))
    }
    let part = Part(
      findings: findings, utilities: utilities, notes: notes, dataFingerprint: data.fingerprint,
      labelledFingerprint: material.labelled?.fingerprint)
    try Configuration.write(part, to: file)
    return part
  }

  private func imageFindings(
    _ algorithm: String, _ target: Run, _ shadow: Run, seed: UInt64, _ progress: Progress
  ) throws -> [Comparison.Finding] {
    let attack = AttackJob(
      target: target, shadow: shadow,
      configuration: ImageAttackConfiguration(
        features: FeatureConfiguration(views: settings.views), classifiers: .quick, seed: seed),
      folder: folder)
    let found = try EncoderMI(attack.configuration).run(
      target: attack.audited(target, .target), shadow: attack.audited(shadow, .shadow)
    ) { progress.note($0) }
    func finding(_ metrics: AttackMetrics, _ role: Comparison.Role) -> Comparison.Finding {
      Comparison.Finding(
        algorithm: algorithm, features: FeatureSet.imageImage.name, attack: metrics.name, role: role,
        metrics: metrics)
    }
    return found.attacks.map { finding($0.metrics, .attack) }
      + found.controls.map { finding($0, .groupControl) }
  }

  private func pairFindings(
    _ algorithm: String, _ target: Run, _ shadow: Run, seed: UInt64, _ progress: Progress
  ) throws -> (findings: [Comparison.Finding], notes: [String]) {
    let configuration = PairAttackConfiguration(
      views: settings.views, variants: settings.views, layer: .embedding, classifiers: .quick, seed: seed)
    let job = PairAttackJob(
      target: target, shadow: shadow, calibration: [], configuration: configuration, folder: folder)
    let found = try job.findings(progress: progress)
    return (found.flatMap { $0.comparable(algorithm) }, found.flatMap(\.notes))
  }
}

/// Why a comparison cannot begin or go on.
enum ComparisonError: ExplainedError {
  case nothingToResume(String)
  case otherSettings(String)
  case otherData(String)

  var description: String {
    switch self {
    case .nothingToResume(let path):
      "\(path) holds no comparison that could go on; leave --resume out to begin one"
    case .otherData(let path):
      "\(path) holds a comparison on other images or captions; go on with the same, or choose another --out"
    case .otherSettings(let path):
      "\(path) holds a comparison of other settings (\(ComparisonSettings.fileName)); go on with the same, or choose "
        + "another --out"
    }
  }
}
