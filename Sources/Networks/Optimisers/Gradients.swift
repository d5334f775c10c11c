import Kernels

extension ParameterStore {
  /// The Euclidean norm of all gradients together.
  public var gradientNorm: Double { squaredNorm(gradients).squareRoot() }

  /// Scales all gradients so that their norm together is at most `maximum`, as PyTorch's `clip_grad_norm_` does: by
  /// maximum / (norm + 1e-6) where that is below 1.
  /// - Returns: the norm before.
  @discardableResult
  public func clipGradients(toNorm maximum: Double) -> Double {
    let norm = gradientNorm
    let factor = maximum / (norm + 1e-6)
    if factor < 1 { scale(gradients, by: Float(factor)) }
    return norm
  }

  /// The exponential average of weights `keeping * self + (1 - keeping) * other`, as MoCo's key encoder follows the
  /// query encoder (He et al., CVPR 2020, equation 2). Running statistics stay: each encoder has its own.
  ///
  /// With `keeping` = 1 the weights stay as they are, bit for bit.
  public func averageWeights(towards other: ParameterStore, keeping: Double) {
    precondition(
      parameters == other.parameters, "ParameterStore.averageWeights: the stores hold different parameters")
    interpolate(weights, towards: other.weights, keeping: keeping)
    markChanged()
  }
}
