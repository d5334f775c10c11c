import Attack
import Data
import Files
import Foundation

/// A comparison from data to a folder of results: a trial for each seed and algorithm.
public struct ComparisonJob: Sendable {
  /// What is trained and attacked.
  public let settings: ComparisonSettings
  /// The trials: all algorithms of the first seed, then those of the next.
  public let experiment: Experiment<ComparisonAudit>
  private let labelled: LabelledImages?

  /// Draws the splits and makes the tokenizer, so that what the data are too few for is known before anything is
  /// written.
  /// - Parameters:
  ///   - images: images with captions.
  ///   - labelled: images with classes, on which every image encoder's kNN accuracy is measured.
  /// - Throws: ``RunError/noCaptions(_:)``, ``LabelledError``, `SplitError`, or `InvalidSetting`.
  public init(
    _ settings: ComparisonSettings, on images: Images, labelled: LabelledImages? = nil, in folder: URL
  ) throws {
    (self.settings, self.labelled) = (settings, labelled)
    let trials = try settings.trials(on: images, labelled: labelled)
    experiment = Experiment(trials, on: images, in: folder)
  }

  /// Checks, before data are opened, that the folder is free, or holds the same comparison where one is to go on.
  /// - Throws: ``RunError/occupied(_:)``, or ``ComparisonError``.
  public static func check(
    _ settings: ComparisonSettings, in folder: URL, isResuming: Bool
  ) throws {
    let file = folder.appending(path: ComparisonSettings.fileName)
    guard FileManager.default.fileExists(atPath: file.path) else {
      if isResuming { throw ComparisonError.nothingToResume(folder.path) }
      // A comparison that was killed as it began may have left this.
      return try ResultsFolder.requireFree(folder, besides: [".\(ComparisonSettings.fileName).tmp"])
    }
    guard isResuming else { throw RunError.occupied(folder.path) }
    let standing: ComparisonSettings = try Configuration.read(from: file)
    guard standing.isSame(but: settings), Set(settings.seeds).isSuperset(of: standing.seeds) else {
      throw ComparisonError.otherSettings(folder.path)
    }
  }

  /// Makes one comparison of several that differ in their seeds alone: what they found is copied, not their runs.
  /// - Returns: the settings, with all seeds; a job of them that goes on in the folder has nothing left to train.
  /// - Throws: ``ComparisonError``, ``RunError/occupied(_:)``, or an error that names a file.
  public static func join(_ others: [URL], in folder: URL) throws -> ComparisonSettings {
    try ResultsFolder.requireFree(folder)
    var joined: ComparisonSettings?
    var findings: [(from: URL, to: URL)] = []
    for other in others {
      guard hasBegun(in: other) else { throw ComparisonError.noComparison(other.path) }
      let settings: ComparisonSettings = try Configuration.read(
        from: other.appending(path: ComparisonSettings.fileName))
      if let joined, !joined.isSame(but: settings) { throw ComparisonError.otherSettings(other.path) }
      if let seed = settings.seeds.first(where: { joined?.seeds.contains($0) ?? false }) {
        throw ComparisonError.seedTwice(other.path, seed: seed)
      }
      for trial in settings.seeds.flatMap({ seed in ComparisonSettings.algorithms.map { "seed-\(seed)/\($0)" }
      }) {
        let file = "\(trial)/\(ComparisonAudit.Findings.fileName)"
        guard Paths.isFile(other.appending(path: file).path) else {
          throw ComparisonError.unfinished(other.path)
        }
        findings.append((other.appending(path: file), folder.appending(path: file)))
      }
      joined = joined ?? settings
      if joined?.seeds != settings.seeds { joined?.seeds += settings.seeds }
    }
    guard let joined else { preconditionFailure("ComparisonJob.join: no comparisons") }
    for (from, to) in findings {
      try makeFolder(to.deletingLastPathComponent())
      try atomicWrite(try readFile(from), to: to)
    }
    try Configuration.write(joined, to: folder.appending(path: ComparisonSettings.fileName))
    return joined
  }

  /// Whether a comparison has begun in a folder.
  public static func hasBegun(in folder: URL) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: ComparisonSettings.fileName).path)
  }

  /// Trains, attacks and compares, and writes `comparison.json`; nil if it was interrupted.
  /// - Parameters:
  ///   - isResuming: whether the folder holds a comparison that goes on.
  ///   - shouldStop: asked after each step of a pre-training, and now and then in an attack.
  ///   - report: told what begins, goes on and ends.
  /// - Throws: an error of data, training or attack; what was done until then stays.
  public func run(
    isResuming: Bool = false, shouldStop: () -> Bool = { false },
    report: (ExperimentEvent) -> Void = { _ in }
  ) throws -> Comparison? {
    let folder = experiment.folder
    try ComparisonJob.check(settings, in: folder, isResuming: isResuming)
    // Before the settings that stand there are written anew.
    try experiment.check(isResuming: isResuming)
    try makeFolder(folder)
    try Configuration.write(settings, to: folder.appending(path: ComparisonSettings.fileName))
    guard
      let findings = try experiment.run(isResuming: isResuming, shouldStop: shouldStop, report: report)
    else { return nil }
    let comparison = comparison(of: findings)
    try Configuration.write(comparison, to: folder.appending(path: Comparison.fileName))
    return comparison
  }

  private func comparison(of findings: [ComparisonAudit.Findings]) -> Comparison {
    let algorithms = ComparisonSettings.algorithms
    let trials = settings.seeds.enumerated().map { number, seed in
      let found = zip(algorithms, findings.dropFirst(number * algorithms.count))
      return Comparison.Trial(
        seed: seed, findings: found.flatMap { $1.findings },
        utilities: found.flatMap { algorithm, found in
          found.utilities.map { Comparison.Utility(algorithm: algorithm, measured: $0) }
        }, notes: found.flatMap { algorithm, found in found.notes.map { "\(algorithm): \($0)" } })
    }
    return Comparison(
      trials, epochs: settings.epochs, members: settings.members, batch: settings.batch,
      origin: Comparison.Origin(
        imageEncoder: "\(settings.encoder.name) at \(settings.encoder.imageSize) px",
        textEncoder: settings.text.name, dataFingerprint: experiment.images.fingerprint,
        labelledFingerprint: labelled?.fingerprint, versions: Versions.all))
  }
}

extension ComparisonSettings {
  /// A trial for each seed and algorithm; all algorithms of a seed have the same members.
  fileprivate func trials(
    on images: Images, labelled: LabelledImages?
  ) throws -> [Trial<ComparisonAudit>] {
    guard let captions = images.dataset.captions else {
      throw RunError.noCaptions(images.dataset.location)
    }
    let splits = try seeds.map {
      try Split(count: images.count, sizes: SplitSizes(each: members), seed: $0)
    }
    for split in splits { _ = try labelled?.unseen(images.subset(split.target.members)) }
    let tokenizer = try ChosenTokenizer(
      trainedOn: captions, vocabulary: text.vocabularySize, contextLength: text.contextLength)
    return zip(seeds, splits).flatMap { seed, split in
      ComparisonSettings.algorithms.map { algorithm in
        func encoder(_ number: UInt64) -> EncoderSpecification {
          let configuration = pretraining(
            algorithm, seed: 2 &* seed &+ number, tokenizer: tokenizer.tokenizer)
          return EncoderSpecification(
            configuration, tokenizer: configuration.algorithm.clip == nil ? nil : tokenizer)
        }
        return Trial(
          name: "seed \(seed), \(algorithm)", folder: "seed-\(seed)/\(algorithm)", split: split,
          target: encoder(0), shadow: encoder(1),
          audit: ComparisonAudit(algorithm: algorithm, views: views, seed: seed, labelled: labelled))
      }
    }
  }
}

/// Why a comparison cannot begin or go on.
public enum ComparisonError: ExplainedError, Equatable {
  /// A folder to go on with that holds no comparison.
  case nothingToResume(String)
  /// A folder with a comparison of other settings.
  case otherSettings(String)
  /// A seed that two comparisons have which are to become one.
  case seedTwice(String, seed: UInt64)
  /// A comparison that is to be joined and has not ended.
  case unfinished(String)
  /// A folder without a comparison that could be joined.
  case noComparison(String)
  /// A folder with a comparison on other data.
  case otherData(String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .nothingToResume(let path):
      "\(path) holds no comparison that could go on; leave --resume out to begin one"
    case .noComparison(let path):
      "\(path) holds no comparison that could be joined; give a folder that `encodermi compare` wrote"
    case .otherData(let path):
      "\(path) holds a comparison on other images or captions; go on with the same, or choose another --out"
    case .otherSettings(let path):
      "\(path) holds a comparison of other settings (\(ComparisonSettings.fileName)); only seeds may be added to it. Go on "
        + "with the same, or choose another --out"
    case .seedTwice(let path, let seed):
      "\(path) has seed \(seed), which another has too, and it would count twice; join comparisons of different seeds"
    case .unfinished(let path):
      "\(path) holds a comparison that has not ended; go on with it by --resume first"
    }
  }
}
