import Kernels

/// Where a batch norm takes its means and variances from.
public enum NormStatistics {
  /// From the batch, or from each of so many equal parts of it.
  case batch(groups: Int)
  /// Fixed ones, `[channels]`.
  case fixed(mean: Tensor, variance: Tensor)

  var areConstant: Bool {
    if case .fixed = self { true } else { false }
  }
}

extension Tape {
  /// relu(batchNorm(input) + residual), with or without the residual and the ReLU.
  /// - Parameters:
  ///   - input: `[batch, channels, height, width]`; a matrix `[batch, channels]` counts as images of one pixel.
  ///   - gain: gamma, `[channels]`.
  ///   - shift: beta, `[channels]`.
  /// - Returns: the output, and the statistics used.
  public func batchNorm(
    _ input: Variable, gain: Variable, shift: Variable, statistics source: NormStatistics,
    epsilon: Float = 1e-5,
    residual: Variable? = nil, relu: Bool = false
  ) -> (output: Variable, statistics: BatchStatistics) {
    if input.value.shape.count == 2 {
      let shape = input.value.shape
      let (images, statistics) = batchNorm(
        reshaped(input, shape + [1, 1]), gain: gain, shift: shift, statistics: source, epsilon: epsilon,
        residual: residual.map { reshaped($0, shape + [1, 1]) }, relu: relu)
      return (reshaped(images, shape), statistics)
    }
    return normalise(
      input.value, gain: gain, shift: shift, source, epsilon: epsilon, residual: residual, relu: relu,
      inputs: [input], overwritingInput: false
    ) { input.accumulate($0) }
  }

  /// A convolution and the batch norm behind it: relu(batchNorm(convolution(input)) + residual).
  ///
  /// As one operation the convolution's output is seen by nothing else, so that the backward pass reuses its memory.
  public func convolutionNorm(
    _ input: Variable, weight: Variable, stride: Int, padding: Int, gain: Variable, shift: Variable,
    statistics source: NormStatistics, epsilon: Float = 1e-5, residual: Variable? = nil, relu: Bool = true
  ) -> (output: Variable, statistics: BatchStatistics) {
    let prepared = Convolution.prepare(
      weight.value, inputShape: input.value.shape, stride: stride, padding: padding)
    let product = Convolution.forward(
      input.value, weight: weight.value, stride: stride, padding: padding, prepared: prepared)
    return normalise(
      product, gain: gain, shift: shift, source, epsilon: epsilon, residual: residual, relu: relu,
      inputs: [input, weight], overwritingInput: true
    ) { gradient in
      weight.withTarget {
        Convolution.addWeightGradient(
          input: input.value, outputGradient: gradient, to: $0, stride: stride, padding: padding)
      }
      input.accumulate(
        Convolution.inputGradient(
          gradient, weight: weight.value, inputShape: input.value.shape, stride: stride, padding: padding,
          prepared: prepared))
    }
  }

  private func normalise(
    _ x: Tensor, gain: Variable, shift: Variable, _ source: NormStatistics, epsilon: Float,
    residual: Variable?,
    relu: Bool, inputs: [Variable], overwritingInput: Bool, propagate: @escaping (Tensor) -> Void
  ) -> (output: Variable, statistics: BatchStatistics) {
    let (value, statistics): (Tensor, BatchStatistics)
    switch source {
    case .batch(let groups):
      (value, statistics) = BatchNorm.forward(
        x, groups: groups, epsilon: epsilon, gain: gain.value, shift: shift.value, residual: residual?.value,
        relu: relu)
    case .fixed(let mean, let variance):
      statistics = BatchStatistics(mean: mean, variance: variance, epsilon: epsilon)
      value = BatchNorm.forward(
        x, statistics: statistics, gain: gain.value, shift: shift.value, residual: residual?.value, relu: relu
      )
    }
    let all = inputs + [gain, shift] + (residual.map { [$0] } ?? [])
    // Without a residual the ReLU's mask follows from x, which is at hand anyway.
    let kept = relu && residual != nil ? value : nil
    let output = record(value, from: all) { gradients in
      var (gainTarget, shiftTarget): (Tensor?, Tensor?) = (nil, nil)
      gain.withTarget { gainTarget = $0 }
      shift.withTarget { shiftTarget = $0 }
      let result = BatchNorm.backward(
        outputGradients: gradients.parts, input: x, output: kept, statistics: statistics,
        areConstant: source.areConstant, gain: gain.value, shift: shift.value, relu: relu,
        gainGradient: gainTarget, shiftGradient: shiftTarget, hasResidual: residual != nil,
        overwritingInput: overwritingInput)
      propagate(result.input)
      if let residual, let gradient = result.residual { residual.accumulate(gradient) }
    }
    return (output, statistics)
  }
}
