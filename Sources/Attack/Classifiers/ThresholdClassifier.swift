import Networks

/// EncoderMI-T: an input is a member if its mean score is at least a threshold (paper, section 4.2).
///
/// The threshold makes the fewest mistakes on the shadow; see ``OptimalThreshold``.
public struct ThresholdClassifier: InferenceClassifier {
  /// What it is and how it was trained.
  public let description: ClassifierDescription
  /// It has no weights.
  public let store: ParameterStore
  /// The threshold on the mean score.
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
    let means = shadow.map(\.means)
    let optimum = OptimalThreshold(members: means.members, nonmembers: means.nonmembers)
    let description = ClassifierDescription(
      kind: .threshold, features: shadow.members.configuration, shadow: shadow.map(\.count), seed: seed,
      settings: settings, threshold: optimum.threshold)
    return try ThresholdClassifier(description, threshold: optimum.threshold)
  }

  /// Takes over a checkpoint.
  /// - Throws: ``ClassifierError/incomplete(file:key:)``, or `ParameterError` if there are weights.
  public init(_ checkpoint: Checkpoint<ClassifierDescription>) throws {
    guard let threshold = checkpoint.description.threshold else {
      throw ClassifierError.incomplete(file: checkpoint.weightsFile, key: "threshold")
    }
    _ = try ParameterStore.build(checkpoint.source) { _ in () }
    try self.init(checkpoint.description, threshold: threshold)
  }

  /// The mean score of each input.
  public func scores(_ features: MembershipFeatures) throws -> [Float] {
    try features.require(description.features)
    return features.means
  }
}
