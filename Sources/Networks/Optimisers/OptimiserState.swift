import Kernels

/// An optimiser at work on one store: its constants, and what it carries from step to step.
public final class OptimiserState {
  /// The rule and its constants.
  public let optimiser: Optimiser
  /// Steps taken so far.
  public private(set) var step = 0
  /// What the rule carries, as flat as the weights, by name: `velocity`, or `firstMoment` and `secondMoment`. A
  /// checkpoint holds them together with ``step``.
  public let tensors: [String: Tensor]

  private enum Name {
    static let velocity = "velocity"
    static let first = "firstMoment"
    static let second = "secondMoment"
  }

  /// An optimiser that has not yet taken a step.
  public init(_ optimiser: Optimiser, for store: ParameterStore) {
    self.optimiser = optimiser
    let names: [String]
    switch optimiser {
    case .sgd: names = [Name.velocity]
    case .adam, .adamW: names = [Name.first, Name.second]
    }
    tensors = Dictionary(uniqueKeysWithValues: names.map { ($0, Tensor(zeros: store.weights.shape)) })
  }

  /// Moves the store's weights by one step along its gradients.
  public func update(_ store: ParameterStore, learningRate: Double) {
    step += 1
    let (weights, gradients) = (store.weights, store.gradients)
    switch optimiser {
    case .sgd(let momentum, let weightDecay, let nesterov):
      sgdStep(
        weights, gradients: gradients, velocity: carried(Name.velocity), learningRate: learningRate,
        momentum: momentum, weightDecay: weightDecay, nesterov: nesterov)
    case .adam(let beta1, let beta2, let epsilon, let weightDecay):
      adamStep(
        weights, gradients: gradients, first: carried(Name.first), second: carried(Name.second), step: step,
        learningRate: learningRate, betas: (beta1, beta2), epsilon: epsilon, weightDecay: weightDecay)
    case .adamW(let beta1, let beta2, let epsilon, let weightDecay, let sparesGains):
      adamStep(
        weights, gradients: gradients, first: carried(Name.first), second: carried(Name.second), step: step,
        learningRate: learningRate, betas: (beta1, beta2), epsilon: epsilon, weightDecay: weightDecay,
        decoupled: true, decayed: sparesGains ? store.decayedRanges : nil)
    }
    store.markChanged()
  }

  /// Takes up where a saved state stopped; nothing changes if it does not fit.
  /// - Parameters:
  ///   - saved: tensors by the names of ``tensors``; others are not looked at.
  ///   - step: the steps taken when they were saved.
  ///   - file: named in errors.
  /// - Throws: ``ParameterError`` if a tensor is missing or of another size.
  public func restore(_ saved: [String: Tensor], step: Int, file: String) throws {
    for (name, tensor) in tensors {
      guard let found = saved[name] else {
        throw ParameterError.missing(name: name, expected: tensor.shape, file: file)
      }
      guard found.shape == tensor.shape else {
        throw ParameterError.misshapen(name: name, expected: tensor.shape, found: found.shape, file: file)
      }
    }
    for (name, tensor) in tensors {
      if let found = saved[name] { tensor.assign(found) }
    }
    self.step = step
  }

  private func carried(_ name: String) -> Tensor {
    guard let tensor = tensors[name] else {
      preconditionFailure("OptimiserState: \(optimiser) does not carry \(name)")
    }
    return tensor
  }
}
