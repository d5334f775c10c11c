import Data

/// One classifier trained on the shadow and applied to the target.
public struct AttackRun {
  /// The attack's name in tables and files.
  public let name: String
  /// The trained classifier.
  public let classifier: any InferenceClassifier
  /// What it says of the target's groups.
  public let scores: MembershipScores

  /// How well it infers membership.
  public var metrics: AttackMetrics { AttackMetrics(name: name, scores: scores) }

  /// Trains a classifier on the shadow's features and applies it to the target's.
  ///
  /// With features of untrained encoders, under a name of its own, the same is a negative control: it must be at
  /// chance, or something other than pre-training tells the groups apart.
  /// - Parameter name: the kind's name if not given.
  /// - Throws: ``ClassifierError``, ``FeatureError``, ``EvaluationError`` or `InvalidSetting`.
  public init(
    _ kind: InferenceClassifierKind, name: String? = nil, shadow: MembershipGroups<MembershipFeatures>,
    target: MembershipGroups<MembershipFeatures>, settings: ClassifierSettings = .standard, seed: UInt64,
    progress: (_ epoch: Int, _ loss: Double) throws -> Void = { _, _ in }
  ) throws {
    self.name = name ?? kind.name
    classifier = try kind.fit(shadow, settings: settings, seed: seed, progress: progress)
    scores = try classifier.membershipScores(target)
  }

  /// The name of a classifier run on untrained encoders.
  public static func untrainedName(_ kind: InferenceClassifierKind) -> String {
    "untrained encoder (\(kind.name))"
  }

  /// The name of a classifier run on some of a pair's feature sets: "EncoderMI-V (image-text)".
  public static func name(_ kind: InferenceClassifierKind, _ sets: [FeatureSet]) -> String {
    "\(kind.name) (\(FeatureSet.name(of: sets)))"
  }

  /// The name of the same on untrained encoders.
  public static func untrainedName(_ kind: InferenceClassifierKind, _ sets: [FeatureSet]) -> String {
    "untrained encoders (\(kind.name), \(FeatureSet.name(of: sets)))"
  }
}
