import Autodiff
import Kernels
import Networks

/// EncoderMI-S: a network over the set of scores, whose result does not depend on their order (paper, section 4.2; Zaheer
/// et al. 2017, "Deep Sets").
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
      switch description.settings.setArchitecture {
      case .plain: return try PlainSetNetwork(builder)
      case .paper: return try PaperSetNetwork(builder)
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
      classifier.store, rows: classifier.inputs(all.scores), members: shadow.members.count,
      progress: progress, logits: classifier.network.logits)
    return classifier
  }

  /// Takes over a checkpoint.
  /// - Throws: `ParameterError` if the weights are not those of the description, ``ClassifierError``.
  public init(_ checkpoint: Checkpoint<ClassifierDescription>) throws {
    let description = checkpoint.description
    if description.settings.setArchitecture == .plain && description.standardisation == nil {
      throw ClassifierError.incomplete(file: checkpoint.weightsFile, key: "standardisation")
    }
    try self.init(description, checkpoint.source)
  }

  /// The logit of "member" less that of "nonmember".
  public func scores(_ features: MembershipFeatures) throws -> [Float] {
    try features.require(description.features)
    return scores(ofSets: features.scores)
  }

  /// The same for scores in any order, `[inputs, scores]`.
  func scores(ofSets scores: Tensor) -> [Float] {
    ClassifierTrainer.scores(store, rows: inputs(scores), logits: network.logits)
  }

  private func inputs(_ scores: Tensor) -> Tensor {
    let values = scores.values
    let standardised =
      description.standardisation.map { $0(values) } ?? Standardisation.byRow(values, width: scores.shape[1])
    return Tensor(standardised, shape: scores.shape)
  }
}

/// A network from sets of scores, `[inputs, scores]`, to two logits.
private protocol SetNetwork {
  func logits(_ input: Variable, _ pass: Pass, _ random: inout RandomStream) -> Variable
}

private let width = 256

/// ``SetArchitecture/plain``.
private struct PlainSetNetwork: SetNetwork {
  let phi: [LinearLayer]
  let rho: [LinearLayer]

  init(_ builder: ParameterBuilder) throws {
    phi = [
      try LinearLayer(builder.at("phi1"), inputs: 1, outputs: width, activation: .relu),
      try LinearLayer(builder.at("phi2"), inputs: width, outputs: width, activation: .relu),
    ]
    rho = [
      try LinearLayer(builder.at("rho1"), inputs: 2 * width, outputs: width, activation: .relu),
      try LinearLayer(builder.at("logits"), inputs: width, outputs: 2),
    ]
  }

  func logits(_ input: Variable, _ pass: Pass, _ random: inout RandomStream) -> Variable {
    let size = input.value.shape[1]
    let scores = pass.tape.reshaped(input, [input.value.count, 1])
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

  init(_ builder: ParameterBuilder) throws {
    equivariant = try (1...3).map { layer in
      try LinearLayer(
        builder.at("equivariant\(layer)"), inputs: layer == 1 ? 1 : width, outputs: width, activation: .tanh)
    }
    hidden = try LinearLayer(builder.at("hidden"), inputs: width, outputs: width, activation: .tanh)
    last = try LinearLayer(builder.at("logits"), inputs: width, outputs: 2)
  }

  func logits(_ input: Variable, _ pass: Pass, _ random: inout RandomStream) -> Variable {
    let (tape, size) = (pass.tape, input.value.shape[1])
    var scores = tape.reshaped(input, [input.value.count, 1])
    for layer in equivariant { scores = layer(tape.minusSetMaximum(scores, size: size), pass) }
    let maximum = tape.columns(tape.setMeanAndMaximum(scores, size: size), width..<(2 * width))
    let middle = hidden(dropout(maximum, pass, random: &random), pass)
    return last(dropout(middle, pass, random: &random), pass)
  }
}
