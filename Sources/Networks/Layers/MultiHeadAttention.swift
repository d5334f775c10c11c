import Autodiff

/// Self-attention of several heads with its projections in and out; parameter names are PyTorch's.
public struct MultiHeadAttention: Sendable {
  private let inWeight: Parameter
  private let inBias: Parameter
  private let outWeight: Parameter
  private let outBias: Parameter
  private let width: Int
  private let heads: Int
  private let isCausal: Bool

  /// Declares `in_proj_weight`, `[3 * width, width]`, `in_proj_bias`, `out_proj.weight` and `out_proj.bias`.
  /// - Parameters:
  ///   - heads: equal parts that the width is divided into.
  ///   - isCausal: whether a token sees only itself and those before it.
  ///   - outputDeviation: of the fresh weights of the projection out.
  /// - Throws: ``ParameterError`` if the source lacks a parameter.
  public init(_ builder: ParameterBuilder, width: Int, heads: Int, isCausal: Bool, outputDeviation: Float)
    throws
  {
    precondition(heads > 0 && width % heads == 0, "MultiHeadAttention: width \(width) in \(heads) heads")
    let deviation = 1 / Float(width).squareRoot()
    inWeight = try builder.parameter("in_proj_weight", [3 * width, width], .normal(deviation: deviation))
    inBias = try builder.parameter("in_proj_bias", [3 * width], .constant(0), isDecayed: false)
    let output = builder.at("out_proj")
    outWeight = try output.parameter("weight", [width, width], .normal(deviation: outputDeviation))
    outBias = try output.parameter("bias", [width], .constant(0), isDecayed: false)
    (self.width, self.heads, self.isCausal) = (width, heads, isCausal)
  }

  /// residual + attention(input), `[batch * tokens, width]`.
  func callAsFunction(_ input: Variable, residual: Variable, tokens: Int, _ pass: Pass) -> Variable {
    let packed = pass.tape.linear(input, weight: pass.parameter(inWeight), bias: pass.parameter(inBias))
    let attended = pass.tape.attention(packed, tokens: tokens, heads: heads, isCausal: isCausal)
    return projected(attended, residual, pass)
  }

  /// The same for one token of each sequence: only keys and values are computed of all tokens.
  /// - Parameters:
  ///   - input: `[batch * tokens, width]`.
  ///   - residual: of the pooled tokens, `[batch, width]`.
  ///   - places: of the pooled token in each sequence.
  func pooled(_ input: Variable, residual: Variable, tokens: Int, places: [Int], _ pass: Pass) -> Variable {
    let rows = places.enumerated().map { $0 * tokens + $1 }
    let queries = pass.tape.linear(
      pass.tape.gatheredRows(input, rows), weight: pass.parameter(inWeight, rows: 0..<width),
      bias: pass.parameter(inBias, rows: 0..<width))
    let packed = pass.tape.linear(
      input, weight: pass.parameter(inWeight, rows: width..<3 * width),
      bias: pass.parameter(inBias, rows: width..<3 * width))
    let visible = isCausal ? places.map { $0 + 1 } : places.map { _ in tokens }
    let attended = pass.tape.pooledAttention(queries, packed: packed, visible: visible, heads: heads)
    return projected(attended, residual, pass)
  }

  private func projected(_ attended: Variable, _ residual: Variable, _ pass: Pass) -> Variable {
    pass.tape.linear(
      attended, weight: pass.parameter(outWeight), bias: pass.parameter(outBias), residual: residual)
  }
}
