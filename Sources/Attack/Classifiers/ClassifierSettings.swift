import Files

/// How a network of scores is trained, by Adam on the cross-entropy.
public struct ClassifierTraining: Codable, Sendable, Equatable, Validated {
  /// Passes over the shadow's features, at least 1; the paper has 300.
  public var epochs: Int
  /// Examples a step, at least 1; 100 in the authors' code.
  public var batch: Int
  /// Adam's learning rate, above 0; the paper has 1e-4.
  public var learningRate: Double
  /// Factor of the L2 penalty, at least 0; 1e-6 in the authors' code.
  public var weightDecay: Double

  /// Settings of a training.
  public init(
    epochs: Int = 300, batch: Int = 100, learningRate: Double = 1e-4, weightDecay: Double = 1e-6
  ) {
    self.epochs = epochs
    self.batch = batch
    self.learningRate = learningRate
    self.weightDecay = weightDecay
  }

  /// Checks the fields.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    try require(epochs >= 1, "epochs", epochs, "1 or more")
    try require(batch >= 1, "batch", batch, "1 or more")
    try require(learningRate > 0 && learningRate.isFinite, "learningRate", learningRate, "above 0")
    try require(weightDecay >= 0 && weightDecay.isFinite, "weightDecay", weightDecay, "0 or more")
  }
}

/// What a network over the set of scores is built like.
public enum SetArchitecture: String, Codable, Sendable, CaseIterable {
  /// A network for each score (1, 256, 256, ReLU), mean and maximum over the set, a network (512, 256, 2, ReLU);
  /// scores are standardised by the shadow's mean and deviation. Deviates from the paper.
  case plain
  /// Three permutation-equivariant layers (a linear map of x minus the set's maximum, tanh), the maximum over the set,
  /// dropout, 256, tanh, dropout, 2; scores are standardised by each input's own mean and deviation, which hides the
  /// mean similarity from the classifier.
  case paper
}

/// Settings of all inference classifiers.
public struct ClassifierSettings: Codable, Sendable, Equatable, Validated {
  /// Training of EncoderMI-V.
  public var vector: ClassifierTraining
  /// Whether EncoderMI-V's inputs are standardised by the shadow's mean and deviation; the paper takes them as they are.
  public var standardisesVector: Bool
  /// Training of EncoderMI-S.
  public var set: ClassifierTraining
  /// Architecture of EncoderMI-S.
  public var setArchitecture: SetArchitecture

  /// Settings of all inference classifiers.
  public init(
    vector: ClassifierTraining = ClassifierTraining(), standardisesVector: Bool = false,
    set: ClassifierTraining = ClassifierTraining(), setArchitecture: SetArchitecture = .plain
  ) {
    self.vector = vector
    self.standardisesVector = standardisesVector
    self.set = set
    self.setArchitecture = setArchitecture
  }

  /// The paper's training; ``SetArchitecture/paper`` for EncoderMI-S.
  public static let paper = ClassifierSettings(setArchitecture: .paper)

  /// The paper's training, with ``SetArchitecture/plain`` for EncoderMI-S, which keeps the mean similarity.
  public static let standard = ClassifierSettings()

  /// For a few hundred examples in some seconds: fewer, longer steps on standardised inputs.
  public static let quick = ClassifierSettings(
    vector: ClassifierTraining(epochs: 60, learningRate: 1e-3), standardisesVector: true,
    set: ClassifierTraining(epochs: 30, learningRate: 1e-3))

  /// Checks all fields.
  /// - Throws: `InvalidSetting`.
  public func validate() throws(InvalidSetting) {
    try vector.validate(under: "vector")
    try set.validate(under: "set")
  }
}
