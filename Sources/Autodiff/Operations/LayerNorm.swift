import Kernels

extension Tape {
  /// Each row brought to mean zero and variance one, then scaled and shifted by column (Ba et al. 2016).
  /// - Parameters:
  ///   - input: `[rows, width]`.
  ///   - gain: gamma, `[width]`.
  ///   - shift: beta, `[width]`.
  public func layerNorm(_ input: Variable, gain: Variable, shift: Variable, epsilon: Float = 1e-5) -> Variable
  {
    let (value, statistics) = LayerNorm.forward(
      input.value, gain: gain.value, shift: shift.value, epsilon: epsilon)
    return record(value, from: [input, gain, shift]) { gradients in
      var (gainTarget, shiftTarget): (Tensor?, Tensor?) = (nil, nil)
      gain.withTarget { gainTarget = $0 }
      shift.withTarget { shiftTarget = $0 }
      let (toGain, toShift, gradient) = (gainTarget, shiftTarget, gradients.total)
      func backward(_ sum: Tensor?) -> Tensor {
        LayerNorm.backward(
          gradient, input: input.value, statistics: statistics, gain: gain.value, gainGradient: toGain,
          shiftGradient: toShift, addingTo: sum)
      }
      if input.isTracked { input.accumulate(onto: backward) } else { _ = backward(nil) }
    }
  }
}
