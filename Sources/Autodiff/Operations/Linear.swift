import Kernels

extension Tape {
  /// activation(input·weightᵀ + bias), or input·weightᵀ + bias + residual.
  /// - Parameters:
  ///   - input: `[rows, inputs]`.
  ///   - weight: `[outputs, inputs]`.
  ///   - bias: `[outputs]`.
  ///   - residual: `[rows, outputs]`; goes with no activation.
  public func linear(
    _ input: Variable, weight: Variable, bias: Variable? = nil, activation: Activation = .none,
    residual: Variable? = nil
  ) -> Variable {
    precondition(
      residual == nil || activation == .none, "Tape.linear: a residual is added to no \(activation)")
    let (value, slope) = LinearMap.forward(
      input.value, weight: weight.value, bias: bias?.value, activation: activation,
      residual: residual?.value, keepingSlope: isRecording)
    let inputs = [input, weight] + [bias, residual].compactMap { $0 }
    return record(value, from: inputs) { gradients in
      let gradient = gradients.total.reshaped(value.shape)
      if slope == nil { Pointwise.activationGradient(gradient, output: value, activation) }
      var (toWeight, toBias): (Tensor?, Tensor?) = (nil, nil)
      weight.withTarget { toWeight = $0 }
      bias?.withTarget { toBias = $0 }
      let toInput = LinearMap.backward(
        gradient, slope: slope, input: input.value, weight: weight.value, weightGradient: toWeight,
        biasGradient: toBias, wantsInput: input.isTracked)
      if let toInput { input.accumulate(toInput) }
      residual?.accumulate(gradient)
    }
  }

  /// scale·left·rightᵀ: the similarities of all pairs of rows, `[rows of left, rows of right]`.
  public func similarities(_ left: Variable, _ right: Variable, scale: Float = 1) -> Variable {
    let value = matrixProduct(left.value, right.value, transposeRight: true, scale: scale)
    return record(value, from: [left, right]) { gradients in
      let gradient = gradients.total
      left.accumulate(matrixProduct(gradient, right.value, scale: scale))
      right.accumulate(matrixProduct(gradient, left.value, transposeLeft: true, scale: scale))
    }
  }
}
