import Autodiff

/// Gain and shift of a layer norm.
public struct LayerNormLayer: Sendable {
  private let gain: Parameter
  private let shift: Parameter
  /// Added to variances before the root is taken.
  static let epsilon: Float = 1e-5

  /// Declares `weight` and `bias`, each `[width]`.
  /// - Throws: ``ParameterError`` if the source lacks one of them.
  public init(_ builder: ParameterBuilder, width: Int) throws {
    gain = try builder.parameter("weight", [width], .constant(1), isDecayed: false)
    shift = try builder.parameter("bias", [width], .constant(0), isDecayed: false)
  }

  /// The normalised rows, `[rows, width]`.
  public func callAsFunction(_ input: Variable, _ pass: Pass) -> Variable {
    pass.tape.layerNorm(
      input, gain: pass.parameter(gain), shift: pass.parameter(shift), epsilon: LayerNormLayer.epsilon)
  }
}
