import Files

/// How weights follow their gradients: a rule and its constants. The learning rate comes from a ``Schedule``.
///
/// The rules are PyTorch's, so that published settings mean the same here.
public enum Optimiser: Codable, Sendable, Equatable {
  /// Stochastic gradient descent.
  /// - `momentum`: share of the velocity that stays, in [0, 1).
  /// - `weightDecay`: factor of the L2 penalty, at least 0.
  /// - `nesterov`: whether the gradient is corrected for the coming velocity.
  case sgd(momentum: Double = 0.9, weightDecay: Double = 0, nesterov: Bool = false)
  /// Adam (Kingma and Ba, ICLR 2015); weight decay is added to the gradient.
  /// - `beta1`, `beta2`: share that the first and second moment keep, in [0, 1).
  /// - `epsilon`: added to the root of the second moment, above 0.
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0)
  /// AdamW (Loshchilov and Hutter, ICLR 2019); weight decay shrinks the weights directly.
  /// - `sparesGains`: whether gains, biases and embeddings are left out of weight decay.
  case adamW(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01,
    sparesGains: Bool = false)
}

extension Optimiser: Validated {
  /// Checks the constants.
  /// - Throws: ``InvalidSetting``.
  public func validate() throws(InvalidSetting) {
    switch self {
    case .sgd(let momentum, let weightDecay, _):
      try require((0..<1).contains(momentum), "sgd.momentum", momentum, "in [0, 1)")
      try require(weightDecay >= 0 && weightDecay.isFinite, "sgd.weightDecay", weightDecay, "0 or more")
    case .adam(let beta1, let beta2, let epsilon, let weightDecay):
      try Optimiser.validate("adam", beta1, beta2, epsilon, weightDecay)
    case .adamW(let beta1, let beta2, let epsilon, let weightDecay, _):
      try Optimiser.validate("adamW", beta1, beta2, epsilon, weightDecay)
    }
  }

  private static func validate(
    _ name: String, _ beta1: Double, _ beta2: Double, _ epsilon: Double, _ weightDecay: Double
  ) throws(InvalidSetting) {
    try require((0..<1).contains(beta1), "\(name).beta1", beta1, "in [0, 1)")
    try require((0..<1).contains(beta2), "\(name).beta2", beta2, "in [0, 1)")
    try require(epsilon > 0 && epsilon.isFinite, "\(name).epsilon", epsilon, "above 0")
    try require(weightDecay >= 0 && weightDecay.isFinite, "\(name).weightDecay", weightDecay, "0 or more")
  }
}
