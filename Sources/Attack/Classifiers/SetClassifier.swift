import Data
import Files
import Autodiff
import Kernels
import Networks

/// EncoderMI-S: a network over the set of scores, whose result does not depend on their order (paper, section 4.2; Zaheer
/// et al. 2017, "Deep Sets").
///
/// Where scores are of several sets, each comes with its set as a one-hot vector, so that the network can tell an
/// image-text cosine from an image-image one.
public struct SetClassifier: InferenceClassifier {
  /// What it is and how it was trained.
  public let description: ClassifierDescription
  /// Its weights.
  public let store: ParameterStore
  /// The logits of both groups are equal.
  public let threshold: Float = 0

  private let network: any SetNetwork

  private init(_ description: ClassifierDescription, _ source: ParameterSource) throws {
    self.description = description
    (network, store) = try ParameterStore.build(source) { builder -> any SetNetwork in
      let channels = SetClassifier.channels(description.features)
      switch description.settings.setArchitecture {
      case .plain: return try PlainSetNetwork(builder, channels: channels)
      case .paper: return try PaperSetNetwork(builder, channels: channels)
      }
    }
  }

  /// Trains from fresh weights.
  public static func fit(
    _ shadow: MembershipGroups<MembershipFeatures>, settings: ClassifierSettings, seed: UInt64,
    progress: (Int, Double) throws -> Void
  ) throws -> SetClassifier {
    let trainer = ClassifierTrainer(kind: .set, training: settings.set, seed: seed)
    let (all, description) = try trainer.prepare(
      shadow, settings: settings, isStandardised: settings.setArchitecture == .plain)
    let classifier = try SetClassifier(description, trainer.freshWeights)
    try trainer.train(
      classifier.store, rows: classifier.inputs(all), members: shadow.members.count,
      progress: progress, logits: classifier.network.logits)
    return classifier
  }

  /// Takes over a checkpoint.
  /// - Throws: `ParameterError` if the weights are not those of the description, ``ClassifierError``.
  public init(_ checkpoint: Checkpoint<ClassifierDescription>) throws {
    let description = checkpoint.description
    if description.settings.setArchitecture == .plain {
      let isOne = description.features.kinds.count == 1
      if isOne ? description.standardisation == nil : description.standardisations == nil {
        throw ClassifierError.incomplete(
          file: checkpoint.weightsFile, key: isOne ? "standardisation" : "standardisations")
      }
    }
    try self.init(description, checkpoint.source)
  }

  /// The logit of "member" less that of "nonmember".
  public func scores(_ features: MembershipFeatures) throws -> [Float] {
    try features.require(description.features)
    return ClassifierTrainer.scores(store, rows: inputs(features), logits: network.logits)
  }

  /// The same for scores of one set in any order, `[inputs, scores]`.
  func scores(ofSets scores: Tensor) -> [Float] {
    ClassifierTrainer.scores(store, rows: inputs(scores), logits: network.logits)
  }

  /// A score, and which of several sets it is of.
  private static func channels(_ configuration: FeatureConfiguration) -> Int {
    let sets = configuration.kinds.count
    return sets == 1 ? 1 : 1 + sets
  }

  private func inputs(_ features: MembershipFeatures) -> Tensor {
    let configuration = features.configuration
    guard configuration.kinds.count > 1 else { return inputs(features.scores) }
    let (size, channels) = (configuration.scores, SetClassifier.channels(configuration))
    let scores =
      description.standardised(features)?.values
      ?? Standardisation.byRow(features.scores.values, width: size)
    var values = [Float](repeating: 0, count: scores.count * channels)
    for index in scores.indices { values[index * channels] = scores[index] }
    for (set, range) in configuration.ranges.enumerated() {
      for input in 0..<features.count {
        for place in range { values[(input * size + place) * channels + 1 + set] = 1 }
      }
    }
    return Tensor(values, shape: [features.count, size * channels])
  }

  private func inputs(_ scores: Tensor) -> Tensor {
    let values = scores.values
    let standardised =
      description.standardisation.map { $0(values) } ?? Standardisation.byRow(values, width: scores.shape[1])
    return Tensor(standardised, shape: scores.shape)
  }
}

/// A network from sets of scores, `[inputs, scores * channels]`, each score with its set where there are several, to
/// two logits.
private protocol SetNetwork {
  func logits(_ input: Variable, _ pass: Pass, _ random: inout RandomStream) -> Variable
}

private let width = 256

/// ``SetArchitecture/plain``.
private struct PlainSetNetwork: SetNetwork {
  let phi: [LinearLayer]
  let rho: [LinearLayer]
  let channels: Int

  init(_ builder: ParameterBuilder, channels: Int) throws {
    self.channels = channels
    phi = [
      try LinearLayer(builder.at("phi1"), inputs: channels, outputs: width, activation: .relu),
      try LinearLayer(builder.at("phi2"), inputs: width, outputs: width, activation: .relu),
    ]
    rho = [
      try LinearLayer(builder.at("rho1"), inputs: 2 * width, outputs: width, activation: .relu),
      try LinearLayer(builder.at("logits"), inputs: width, outputs: 2),
    ]
  }

  func logits(_ input: Variable, _ pass: Pass, _ random: inout RandomStream) -> Variable {
    let size = input.value.shape[1] / channels
    let scores = pass.tape.reshaped(input, [input.value.shape[0] * size, channels])
    let pooled = pass.tape.setMeanAndMaximum(phi.reduce(scores) { $1($0, pass) }, size: size)
    return rho.reduce(pooled) { $1($0, pass) }
  }
}

/// ``SetArchitecture/paper``.
private struct PaperSetNetwork: SetNetwork {
  let equivariant: [LinearLayer]
  let hidden: LinearLayer
  let last: LinearLayer
  let dropout = Dropout(0.5)
  let channels: Int

  init(_ builder: ParameterBuilder, channels: Int) throws {
    self.channels = channels
    equivariant = try (1...3).map { layer in
      try LinearLayer(
        builder.at("equivariant\(layer)"), inputs: layer == 1 ? channels : width, outputs: width,
        activation: .tanh)
    }
    hidden = try LinearLayer(builder.at("hidden"), inputs: width, outputs: width, activation: .tanh)
    last = try LinearLayer(builder.at("logits"), inputs: width, outputs: 2)
  }

  func logits(_ input: Variable, _ pass: Pass, _ random: inout RandomStream) -> Variable {
    let (tape, size) = (pass.tape, input.value.shape[1] / channels)
    var scores = tape.reshaped(input, [input.value.shape[0] * size, channels])
    for layer in equivariant { scores = layer(tape.minusSetMaximum(scores, size: size), pass) }
    let maximum = tape.columns(tape.setMeanAndMaximum(scores, size: size), width..<(2 * width))
    let middle = hidden(dropout(maximum, pass, random: &random), pass)
    return last(dropout(middle, pass, random: &random), pass)
  }
}
