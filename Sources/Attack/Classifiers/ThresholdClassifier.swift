import Data
import Files
import Networks

/// EncoderMI-T: an input is a member if its mean score is at least a threshold (paper, section 4.2).
///
/// Of features of several sets each set's mean is taken, and a ``LogisticRegression`` on the shadow weighs them. The
/// threshold makes the fewest mistakes on the shadow; see ``OptimalThreshold``.
public struct ThresholdClassifier: InferenceClassifier {
  /// What it is and how it was trained.
  public let description: ClassifierDescription
  /// It has no weights.
  public let store: ParameterStore
  /// The threshold on the mean score, or on the combined one.
  public let threshold: Float

  private init(_ description: ClassifierDescription, threshold: Float) throws {
    self.description = description
    self.threshold = threshold
    store = try ParameterStore.build(.tensors([:], file: "")) { _ in () }.1
  }

  /// Finds the threshold; there is nothing random in it.
  public static func fit(
    _ shadow: MembershipGroups<MembershipFeatures>, settings: ClassifierSettings, seed: UInt64,
    progress: (Int, Double) throws -> Void
  ) throws -> ThresholdClassifier {
    let configuration = shadow.members.configuration
    let combination =
      configuration.kinds.count > 1 ? LogisticRegression(shadow.map(ThresholdClassifier.rows)) : nil
    let scores = shadow.map { ThresholdClassifier.scores($0, combination) }
    let optimum = OptimalThreshold(members: scores.members, nonmembers: scores.nonmembers)
    let description = ClassifierDescription(
      kind: .threshold, features: configuration, shadow: shadow.map(\.count), seed: seed,
      settings: settings, threshold: optimum.threshold, combination: combination)
    return try ThresholdClassifier(description, threshold: optimum.threshold)
  }

  /// Takes over a checkpoint.
  /// - Throws: ``ClassifierError/incomplete(file:key:)``, or `ParameterError` if there are weights.
  public init(_ checkpoint: Checkpoint<ClassifierDescription>) throws {
    guard let threshold = checkpoint.description.threshold else {
      throw ClassifierError.incomplete(file: checkpoint.weightsFile, key: "threshold")
    }
    if checkpoint.description.features.kinds.count > 1 && checkpoint.description.combination == nil {
      throw ClassifierError.incomplete(file: checkpoint.weightsFile, key: "combination")
    }
    _ = try ParameterStore.build(checkpoint.source) { _ in () }
    try self.init(checkpoint.description, threshold: threshold)
  }

  /// The mean score of each input; of several sets the log-odds that their means give.
  public func scores(_ features: MembershipFeatures) throws -> [Float] {
    try features.require(description.features)
    return ThresholdClassifier.scores(features, description.combination)
  }

  private static func scores(_ features: MembershipFeatures, _ combination: LogisticRegression?) -> [Float] {
    guard let combination else { return features.means }
    return rows(features).map { Float(combination.score($0)) }
  }

  /// For each input the mean of each set.
  private static func rows(_ features: MembershipFeatures) -> [[Double]] {
    let means = features.meansBySet
    return (0..<features.count).map { input in means.map { Double($0[input]) } }
  }
}
