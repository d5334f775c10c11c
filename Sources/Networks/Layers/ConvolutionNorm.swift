import Autodiff
import Kernels

/// A convolution without bias, the batch norm behind it, and optionally a residual and a ReLU.
public struct ConvolutionNorm: Sendable {
  private let weight: Parameter
  private let norm: BatchNormLayer
  private let stride: Int
  private let padding: Int

  /// - Parameters:
  ///   - convolution: where `weight`, `[outputs, inputs, kernel, kernel]`, is declared.
  ///   - norm: where the batch norm is declared.
  /// - Throws: ``ParameterError`` if the source lacks a parameter.
  public init(
    convolution: ParameterBuilder, norm: ParameterBuilder, inputs: Int, outputs: Int, kernel: Int,
    stride: Int = 1
  ) throws {
    weight = try convolution.parameter(
      "weight", [outputs, inputs, kernel, kernel], .kaimingNormal(fanOut: outputs * kernel * kernel))
    self.norm = try BatchNormLayer(norm, channels: outputs)
    (self.stride, padding) = (stride, kernel / 2)
  }

  /// relu(norm(convolution(input)) + residual).
  /// - Parameter residual: must not be used afterwards: in inference its memory takes the output.
  public func callAsFunction(
    _ input: Variable, _ pass: Pass, residual: Variable? = nil, relu: Bool = true
  ) -> Variable {
    if pass.phase == .inference && !pass.tape.isRecording {
      let output = folded(pass.store)(input.value, consumingResidual: residual?.value, relu: relu)
      return pass.tape.constant(output)
    }
    let (output, used) = pass.tape.convolutionNorm(
      input, weight: pass.parameter(weight), stride: stride, padding: padding,
      gain: pass.parameter(norm.gain), shift: pass.parameter(norm.shift), statistics: norm.statistics(pass),
      epsilon: BatchNormLayer.epsilon, residual: residual, relu: relu)
    norm.updateRunning(used, pass)
    return output
  }

  private func folded(_ store: ParameterStore) -> FoldedConvolution {
    store.derived(from: weight) {
      FoldedConvolution(
        weight: store.weight(weight), gain: store.weight(norm.gain), shift: store.weight(norm.shift),
        mean: store.statistic(norm.runningMean), variance: store.statistic(norm.runningVariance),
        epsilon: BatchNormLayer.epsilon, stride: stride, padding: padding)
    }
  }
}
