import Autodiff
import Kernels

/// A linear map with an optional bias and activation.
public struct LinearLayer: Sendable {
  private let weight: Parameter
  private let bias: Parameter?
  private let activation: Activation

  /// Declares `weight`, `[outputs, inputs]`, and `bias`, `[outputs]`, uniform within 1/sqrt(inputs) as PyTorch's.
  /// - Throws: ``ParameterError`` if the source lacks a parameter.
  public init(
    _ builder: ParameterBuilder, inputs: Int, outputs: Int, hasBias: Bool = true,
    activation: Activation = .none
  ) throws {
    weight = try builder.parameter("weight", [outputs, inputs], .standard(fanIn: inputs))
    bias =
      hasBias ? try builder.parameter("bias", [outputs], .standard(fanIn: inputs), isDecayed: false) : nil
    self.activation = activation
  }

  /// activation(input·weightᵀ + bias), `[rows, outputs]`.
  public func callAsFunction(_ input: Variable, _ pass: Pass) -> Variable {
    pass.tape.linear(
      input, weight: pass.parameter(weight), bias: bias.map { pass.parameter($0) }, activation: activation)
  }
}
