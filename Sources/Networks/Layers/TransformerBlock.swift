import Autodiff
import Kernels

/// x + attention(norm(x)), then x + mlp(norm(x)), with a hidden layer four times as wide; parameter names are those of
/// OpenAI's CLIP.
public struct TransformerBlock: Sendable {
  private let firstNorm: LayerNormLayer
  private let attention: MultiHeadAttention
  private let secondNorm: LayerNormLayer
  private let hiddenWeight: Parameter
  private let hiddenBias: Parameter
  private let outputWeight: Parameter
  private let outputBias: Parameter
  private let activation: Activation

  /// - Parameter depth: blocks in the whole stack: the more, the smaller the fresh weights on the residual path.
  /// - Throws: ``ParameterError`` if the source lacks a parameter.
  public init(
    _ builder: ParameterBuilder, width: Int, heads: Int, depth: Int, activation: Activation, isCausal: Bool
  ) throws {
    let residualDeviation = 1 / (Float(width) * 2 * Float(depth)).squareRoot()
    attention = try MultiHeadAttention(
      builder.at("attn"), width: width, heads: heads, isCausal: isCausal, outputDeviation: residualDeviation)
    firstNorm = try LayerNormLayer(builder.at("ln_1"), width: width)
    let (hidden, output) = (builder.at("mlp").at("c_fc"), builder.at("mlp").at("c_proj"))
    hiddenWeight = try hidden.parameter(
      "weight", [4 * width, width], .normal(deviation: 1 / (2 * Float(width)).squareRoot()))
    hiddenBias = try hidden.parameter("bias", [4 * width], .standard(fanIn: width), isDecayed: false)
    outputWeight = try output.parameter("weight", [width, 4 * width], .normal(deviation: residualDeviation))
    outputBias = try output.parameter("bias", [width], .standard(fanIn: 4 * width), isDecayed: false)
    secondNorm = try LayerNormLayer(builder.at("ln_2"), width: width)
    self.activation = activation
  }

  /// All tokens of all sequences, `[batch * tokens, width]`.
  func callAsFunction(_ input: Variable, tokens: Int, _ pass: Pass) -> Variable {
    mixed(attention(firstNorm(input, pass), residual: input, tokens: tokens, pass), pass)
  }

  /// One token of each sequence, `[batch, width]`: the same values and gradients for less work.
  func pooled(_ input: Variable, tokens: Int, places: [Int], _ pass: Pass) -> Variable {
    // Gathered before the norm is recorded, so that its gradient is added to the norm's and not the norm's to zeros.
    let residual = pass.tape.gatheredRows(input, places.enumerated().map { $0 * tokens + $1 })
    let normalised = firstNorm(input, pass)
    return mixed(
      attention.pooled(normalised, residual: residual, tokens: tokens, places: places, pass), pass)
  }

  private func mixed(_ input: Variable, _ pass: Pass) -> Variable {
    let hidden = pass.tape.linear(
      secondNorm(input, pass), weight: pass.parameter(hiddenWeight), bias: pass.parameter(hiddenBias),
      activation: activation)
    return pass.tape.linear(
      hidden, weight: pass.parameter(outputWeight), bias: pass.parameter(outputBias), residual: input)
  }
}
