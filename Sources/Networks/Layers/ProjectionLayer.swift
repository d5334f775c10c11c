import Autodiff

/// A linear map without bias whose weights stand as OpenAI's CLIP has them, `[inputs, outputs]`.
public struct ProjectionLayer: Sendable {
  private let weight: Parameter

  /// Declares the weights under `name`, such as `proj` or `text_projection`.
  /// - Throws: ``ParameterError`` if the source lacks them.
  public init(_ builder: ParameterBuilder, name: String, inputs: Int, outputs: Int) throws {
    weight = try builder.parameter(
      name, [inputs, outputs], .normal(deviation: 1 / Float(inputs).squareRoot()))
  }

  /// input·weight, `[rows, outputs]`.
  public func callAsFunction(_ input: Variable, _ pass: Pass) -> Variable {
    pass.tape.product(input, pass.parameter(weight))
  }
}
