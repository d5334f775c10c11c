import Kernels

extension Tape {
  /// Two-dimensional convolution without bias.
  /// - Parameters:
  ///   - input: `[batch, channels, height, width]`.
  ///   - weight: `[output channels, channels, kernel, kernel]`.
  public func convolution(_ input: Variable, weight: Variable, stride: Int, padding: Int) -> Variable {
    let prepared = Convolution.prepare(
      weight.value, inputShape: input.value.shape, stride: stride, padding: padding)
    let value = Convolution.forward(
      input.value, weight: weight.value, stride: stride, padding: padding, prepared: prepared)
    return record(value, from: [input, weight]) { gradients in
      let gradient = gradients.total
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
}
