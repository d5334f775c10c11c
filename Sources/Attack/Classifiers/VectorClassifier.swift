import Data
import Files
import Autodiff
import Kernels
import Networks

/// EncoderMI-V: a network over the scores in descending order, or over several sets of them one after the other (paper,
/// sections 4.2 and 5.1).
///
/// scores -> 256 -> 256 -> 2, tanh.
public struct VectorClassifier: InferenceClassifier {
  /// What it is and how it was trained.
  public let description: ClassifierDescription
  /// Its weights.
  public let store: ParameterStore
  /// The logits of both groups are equal.
  public let threshold: Float = 0

  private let network: VectorNetwork

  private init(_ description: ClassifierDescription, _ source: ParameterSource) throws {
    self.description = description
    (network, store) = try ParameterStore.build(source) {
      try VectorNetwork($0, inputs: description.features.scores)
    }
  }

  /// Trains from fresh weights.
  public static func fit(
    _ shadow: MembershipGroups<MembershipFeatures>, settings: ClassifierSettings, seed: UInt64,
    progress: (Int, Double) throws -> Void
  ) throws -> VectorClassifier {
    let trainer = ClassifierTrainer(kind: .vector, training: settings.vector, seed: seed)
    let (all, description) = try trainer.prepare(
      shadow, settings: settings, isStandardised: settings.standardisesVector)
    let classifier = try VectorClassifier(description, trainer.freshWeights)
    try trainer.train(
      classifier.store, rows: classifier.inputs(all), members: shadow.members.count, progress: progress,
      logits: classifier.network.logits)
    return classifier
  }

  /// Takes over a checkpoint.
  /// - Throws: `ParameterError` if the weights are not those of the description.
  public init(_ checkpoint: Checkpoint<ClassifierDescription>) throws {
    try self.init(checkpoint.description, checkpoint.source)
  }

  /// The logit of "member" less that of "nonmember".
  public func scores(_ features: MembershipFeatures) throws -> [Float] {
    try features.require(description.features)
    return ClassifierTrainer.scores(store, rows: inputs(features), logits: network.logits)
  }

  private func inputs(_ features: MembershipFeatures) -> Tensor {
    description.standardised(features) ?? features.scores
  }
}

extension AttackOutcome {
  /// What EncoderMI-V's network says of other vectors than membership features, having learned on the shadow's: the logit
  /// of "member" less that of "nonmember".
  /// - Parameters:
  ///   - target: `[inputs, width]`.
  ///   - shadow: `[inputs, width]`.
  ///   - attack: its name, for errors.
  /// - Throws: ``AttackError/diverged(attack:epoch:)`` or `EvaluationError`.
  init(
    vectorsOf target: MembershipGroups<Tensor>, learnedFrom shadow: MembershipGroups<Tensor>, attack: String,
    _ configuration: AttackConfiguration, notes: [String] = []
  ) throws {
    let settings = configuration.classifiers
    let rows = Tensor.stacked([shadow.members, shadow.nonmembers])
    let standardisation = settings.standardisesVector ? Standardisation(of: rows.values) : nil
    func inputs(_ rows: Tensor) -> Tensor {
      standardisation.map { Tensor($0(rows.values), shape: rows.shape) } ?? rows
    }
    let trainer = ClassifierTrainer(kind: .vector, training: settings.vector, seed: configuration.seed)
    let (network, store) = try ParameterStore.build(trainer.freshWeights) {
      try VectorNetwork($0, inputs: rows.shape[1])
    }
    do {
      try trainer.train(
        store, rows: inputs(rows), members: shadow.members.shape[0], progress: { _, _ in },
        logits: network.logits)
    } catch ClassifierError.diverged(_, let epoch) {
      throw AttackError.diverged(attack: attack, epoch: epoch)
    }
    func scores(_ rows: Tensor) -> [Float] {
      ClassifierTrainer.scores(store, rows: inputs(rows), logits: network.logits)
    }
    self.init(
      target: try MembershipScores(target.map(scores), threshold: 0),
      shadow: shadow.map { scores($0).map(Double.init) }, notes: notes)
  }
}

extension Tensor {
  /// The rows of a matrix, the values of each in descending order.
  var ranked: Tensor {
    let (values, width) = (self.values, shape[1])
    let ranked = stride(from: 0, to: values.count, by: width).flatMap { start in
      values[start..<(start + width)].sorted(by: >)
    }
    return Tensor(ranked, shape: shape)
  }
}

/// inputs -> 256 -> 256 -> 2, tanh (paper, section 5.1).
struct VectorNetwork {
  private let layers: [LinearLayer]

  init(_ builder: ParameterBuilder, inputs: Int) throws {
    let width = 256
    layers = [
      try LinearLayer(builder.at("hidden1"), inputs: inputs, outputs: width, activation: .tanh),
      try LinearLayer(builder.at("hidden2"), inputs: width, outputs: width, activation: .tanh),
      try LinearLayer(builder.at("logits"), inputs: width, outputs: 2),
    ]
  }

  func logits(_ input: Variable, _ pass: Pass, _ random: inout RandomStream) -> Variable {
    layers.reduce(input) { $1($0, pass) }
  }
}
