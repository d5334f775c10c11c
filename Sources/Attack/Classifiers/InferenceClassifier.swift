import Data
import Files
import Foundation
import Kernels
import Networks

/// The inference classifiers of the paper (section 4.2). This is the table of them.
public enum InferenceClassifierKind: String, Codable, Sendable, CaseIterable {
  /// EncoderMI-V: a network over the ranked scores.
  case vector
  /// EncoderMI-S: a network over the set of scores, whatever their order.
  case set
  /// EncoderMI-T: a threshold on the mean score.
  case threshold

  var type: any InferenceClassifier.Type {
    switch self {
    case .vector: return VectorClassifier.self
    case .set: return SetClassifier.self
    case .threshold: return ThresholdClassifier.self
    }
  }

  /// The paper's name.
  public var name: String {
    switch self {
    case .vector: return "EncoderMI-V"
    case .set: return "EncoderMI-S"
    case .threshold: return "EncoderMI-T"
    }
  }

  /// Trains a classifier of this kind on the shadow encoder's features.
  ///
  /// - Parameter progress: called after each epoch with the epoch, from 1, and its mean loss.
  /// - Throws: ``ClassifierError``, ``FeatureError`` or `InvalidSetting`.
  public func fit(
    _ shadow: MembershipGroups<MembershipFeatures>, settings: ClassifierSettings = .standard, seed: UInt64,
    progress: (_ epoch: Int, _ loss: Double) throws -> Void = { _, _ in }
  ) throws -> any InferenceClassifier {
    try settings.validate()
    try shadow.nonmembers.require(shadow.members.configuration)
    for (name, features) in [("members", shadow.members), ("nonmembers", shadow.nonmembers)]
    where features.count == 0 { throw ClassifierError.emptyGroup(name) }
    return try type.fit(shadow, settings: settings, seed: seed, progress: progress)
  }

  /// Reads a classifier of any kind from its folder.
  /// - Throws: `FileError`, `ConfigurationError`, `SafetensorsError`, `ParameterError` or ``ClassifierError``.
  public static func read(from folder: URL) throws -> any InferenceClassifier {
    let checkpoint = try Checkpoint<ClassifierDescription>(contentsOf: folder)
    return try checkpoint.description.kind.type.init(checkpoint)
  }
}

/// Tells members from nonmembers by their membership features.
public protocol InferenceClassifier {
  /// What it is and how it was trained; together with ``store`` all there is to it.
  var description: ClassifierDescription { get }

  /// Its weights.
  var store: ParameterStore { get }

  /// An input is taken for a member if its score is at least this.
  var threshold: Float { get }

  /// One score for each input, higher for surer members; it orders inputs and is no probability.
  /// - Throws: ``FeatureError/mismatch(expected:found:)`` for features it was not trained on.
  func scores(_ features: MembershipFeatures) throws -> [Float]

  /// Trains on the shadow's features; groups are not empty and of one configuration.
  static func fit(
    _ shadow: MembershipGroups<MembershipFeatures>, settings: ClassifierSettings, seed: UInt64,
    progress: (Int, Double) throws -> Void
  ) throws -> Self

  /// Takes over a checkpoint.
  init(_ checkpoint: Checkpoint<ClassifierDescription>) throws
}

extension InferenceClassifier {
  /// Writes weights and description to a folder, whole or not at all.
  /// - Throws: `FileError`.
  public func write(to folder: URL) throws {
    try makeFolder(folder.deletingLastPathComponent())
    try Checkpoint(store, description).write(to: folder)
  }

  /// Scores of both groups of the target with the decision threshold.
  /// - Throws: ``FeatureError`` or ``EvaluationError``.
  public func membershipScores(_ target: MembershipGroups<MembershipFeatures>) throws -> MembershipScores {
    try MembershipScores(target.map(scores), threshold: threshold)
  }
}

/// What a saved classifier is.
public struct ClassifierDescription: Codable, Sendable, Equatable, Validated {
  /// Which of the table's.
  public let kind: InferenceClassifierKind
  /// The features it takes.
  public let features: FeatureConfiguration
  /// Sizes of the shadow's groups it was trained on.
  public let shadow: MembershipGroups<Int>
  /// The seed of its weights and of the order of examples.
  public let seed: UInt64
  /// How it was trained.
  public let settings: ClassifierSettings
  /// How its inputs are brought to unit scale, where they are and are of one set.
  public var standardisation: Standardisation?
  /// How inputs of several sets are brought to unit scale, where they are: one for each set.
  public var standardisations: [Standardisation]?
  /// The threshold on the mean score, or on the combined one, of a threshold classifier.
  public var threshold: Float?
  /// How a threshold classifier combines the mean scores of several sets.
  public var combination: LogisticRegression?

  /// Checks the features, the settings, the scale of inputs and the combination of sets.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    try features.validate(under: "features")
    try settings.validate(under: "settings")
    if let deviation = standardisation?.deviation {
      try require(deviation > 0 && deviation.isFinite, "standardisation.deviation", deviation, "above 0")
    }
    if let deviations = standardisations?.map(\.deviation) {
      try require(
        deviations.count == features.kinds.count && deviations.allSatisfy { $0 > 0 && $0.isFinite },
        "standardisations", deviations, "one for each of \(features.kinds.count) sets, deviations above 0")
    }
    if let combination {
      try combination.validate(inputs: features.kinds.count, under: "combination")
    }
  }
}

/// Why a classifier could not be trained or read.
public enum ClassifierError: ExplainedError, Equatable {
  /// A group of the shadow has no inputs.
  case emptyGroup(String)
  /// The loss is no longer a number.
  case diverged(kind: InferenceClassifierKind, epoch: Int)
  /// A description lacks what its kind needs.
  case incomplete(file: String, key: String)

  /// What happened and what to do.
  public var description: String {
    switch self {
    case .emptyGroup(let group):
      return "the shadow has no \(group) to train an inference classifier on; give at least one of each group"
    case .diverged(let kind, let epoch):
      return "the loss of \(kind.name) is not finite in epoch \(epoch); lower its learning rate"
    case .incomplete(let file, let key):
      return "\(file): the description of the classifier lacks '\(key)'; write the classifier anew"
    }
  }
}
