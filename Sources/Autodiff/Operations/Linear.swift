import Kernels

extension Tape {
  /// activation(input·weightᵀ + bias).
  /// - Parameters:
  ///   - input: `[rows, inputs]`.
  ///   - weight: `[outputs, inputs]`.
  ///   - bias: `[outputs]`.
  public func linear(
    _ input: Variable, weight: Variable, bias: Variable? = nil, activation: Activation = .none
  ) -> Variable {
    let value = matrixProduct(input.value, weight.value, transposeRight: true)
    Rows.addBias(bias?.value, to: value, activation)
    return record(value, from: [input, weight] + (bias.map { [$0] } ?? [])) { gradients in
      let gradient = gradients.total.reshaped(value.shape)
      Pointwise.activationGradient(gradient, output: value, activation)
      bias?.withTarget { Rows.addSum(gradient, to: $0) }
      weight.withTarget { addMatrixProduct(gradient, input.value, transposeLeft: true, to: $0) }
      input.accumulate(matrixProduct(gradient, weight.value))
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
